const BROWSERS: [RegExp, string][] = [
  [/Edg(?:e|A|iOS)?\//u, "Edge"],
  [/OPR\/|Opera/u, "Opera"],
  [/SamsungBrowser\//u, "Samsung Internet"],
  [/Firefox\/|FxiOS\//u, "Firefox"],
  [/Chrome\/|CriOS\/|Chromium\//u, "Chrome"],
  [/Safari\//u, "Safari"],
  [/curl\//u, "curl"],
  [/python|httpx|aiohttp/iu, "Python"],
];

const SYSTEMS: [RegExp, string][] = [
  [/iPhone|iPod/u, "iPhone"],
  [/iPad/u, "iPad"],
  [/Android/u, "Android"],
  [/Windows/u, "Windows"],
  [/Mac OS X|Macintosh/u, "macOS"],
  [/CrOS/u, "ChromeOS"],
  [/Linux/u, "Linux"],
];

export interface Device {
  name: string;
  isPhone: boolean;
}

/** A user agent in words, "Chrome on Linux"; the order of the rules matters, browsers imitate one another. */
export function describeUserAgent(userAgent: string | null): Device {
  const text = userAgent ?? "";
  const browser = BROWSERS.find(([rule]) => rule.test(text))?.[1];
  const system = SYSTEMS.find(([rule]) => rule.test(text))?.[1];
  const isPhone = system === "iPhone" || system === "iPad" || system === "Android";
  if (browser && system) return { name: `${browser} on ${system}`, isPhone };
  return { name: browser ?? system ?? "Unknown device", isPhone };
}
