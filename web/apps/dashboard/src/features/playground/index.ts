export { Playground } from "./playground";
export { PlaygroundProvider } from "./playground-context";
