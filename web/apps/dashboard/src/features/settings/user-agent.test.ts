import { describe, expect, it } from "vitest";
import { describeUserAgent } from "./user-agent";

const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)";
const WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)";

describe("describeUserAgent", () => {
  it.each([
    [
      `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} Chrome/156.0.0.0 Safari/537.36`,
      "Chrome on Linux",
      false,
    ],
    [`${MAC} ${WEBKIT} Chrome/156.0.0.0 Safari/537.36 Edg/156.0`, "Edge on macOS", false],
    [`${MAC} AppleWebKit/605.1.15 Version/26.0 Safari/605.1.15`, "Safari on macOS", false],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26.0 Mobile Safari/604.1",
      "Safari on iPhone",
      true,
    ],
    [
      "Mozilla/5.0 (Android 16; Mobile; rv:146.0) Gecko/146.0 Firefox/146.0",
      "Firefox on Android",
      true,
    ],
    ["python-httpx/0.28", "Python", false],
    [null, "Unknown device", false],
  ])("%s", (userAgent, name, isPhone) =>
    expect(describeUserAgent(userAgent)).toEqual({ name, isPhone }),
  );
});
