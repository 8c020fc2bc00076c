/** How this document was opened, from its address. */
export interface Launch {
  agent: string;
  key: string;
  languages: string[];
  dir: string | null;
  /** `frame`: inside a host page. `page`: opened directly. `preview`: fed by the dashboard. */
  mode: "frame" | "page" | "preview";
  /** Exact origin of the page around us; empty when there is none. */
  hostOrigin: string;
}

export function readLaunch(location: Location, isFramed: boolean): Launch {
  const query = new URLSearchParams(location.search);
  const hostOrigin = new URLSearchParams(location.hash.slice(1)).get("o") ?? "";
  const isPreview = query.get("preview") === "1" && isFramed && hostOrigin !== "";
  const lang = query.get("lang");
  return {
    agent: query.get("agent") ?? "",
    key: query.get("key") ?? "",
    languages: lang ? [lang, ...navigator.languages] : [...navigator.languages],
    dir: query.get("dir"),
    mode: isPreview ? "preview" : isFramed && hostOrigin ? "frame" : "page",
    hostOrigin,
  };
}
