/**
 * What answers with sources or tools need, fetched with the first such answer; and the dashboard's preview.
 *
 * One chunk for both: with one more the bundler would move Preact into a chunk of its own, and every
 * visitor would pay for that.
 */
export { Preview } from "../components/Preview.tsx";
export { Below } from "./Below.tsx";
export { citer } from "./citer.tsx";
export { Tools } from "./Tools.tsx";
