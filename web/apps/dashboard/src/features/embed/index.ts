export { EmbedPanel } from "./embed-panel";
