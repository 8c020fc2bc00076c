import type { ToolTrial } from "@medea/api";
import { describe, expect, it } from "vitest";
import { bodyText, requestText, responseText } from "./exchange-text";

const trial: ToolTrial = {
  method: "POST",
  url: "https://api.example.com/orders",
  headers: { Authorization: "Bearer [secret]" },
  body: '{"order_id":"A-1"}',
  status: 200,
  answer_headers: { "content-type": "text/html" },
  answer: "<p>Hello</p>",
  result: { found: true },
  error: null,
  duration_ms: 12,
};

describe("an exchange in words", () => {
  it("has a request with its headers and a body laid out", () => {
    expect(requestText(trial)).toBe(
      'POST https://api.example.com/orders\nAuthorization: Bearer [secret]\n\n{\n  "order_id": "A-1"\n}',
    );
  });

  it("leaves alone what is no JSON", () => {
    expect(responseText(trial)).toBe("Status 200\ncontent-type: text/html\n\n<p>Hello</p>");
  });

  it("ends with the headers where there is no body", () => {
    expect(requestText({ ...trial, body: "" })).toMatch(/\[secret\]$/);
  });

  it("shows results as the model reads them", () => {
    expect(bodyText("plain")).toBe("plain");
    expect(bodyText({ found: true })).toBe('{\n  "found": true\n}');
  });
});
