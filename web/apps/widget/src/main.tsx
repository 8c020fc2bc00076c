import "./styles/base.css";
import "./styles/layout.css";
import "./styles/welcome.css";
import "./styles/message.css";
import "./styles/composer.css";
import { render } from "preact";
import { App } from "./components/App.tsx";
import { WidgetController } from "./controller.ts";
import { readLaunch } from "./launch.ts";
import { chooseLanguage, directionOf, setLanguage } from "./strings/index.ts";

const launch = readLaunch(location, window.parent !== window);
const language = chooseLanguage(launch.languages);
setLanguage(language);
const { documentElement } = document;
documentElement.lang = language;
documentElement.dir = directionOf(launch.languages, launch.dir);
documentElement.dataset.mode = launch.mode;

const root = document.getElementById("root");

if (root && launch.mode === "preview") {
  // Only the dashboard needs it, so visitors do not load it.
  void import("./extras/index.ts").then(({ Preview }) => {
    render(<Preview hostOrigin={launch.hostOrigin} />, root);
  });
} else if (root) {
  const controller = new WidgetController(launch);
  render(<App controller={controller} canClose={launch.mode === "frame"} />, root);
}
