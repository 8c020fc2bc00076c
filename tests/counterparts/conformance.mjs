// What the conformance suite starts for each scenario: hands it to our client, which runs in the test's process.
const [port, url] = process.argv.slice(2);
const answer = await fetch(`http://127.0.0.1:${port}/`, {
  method: "POST",
  body: JSON.stringify({
    url,
    scenario: process.env.MCP_CONFORMANCE_SCENARIO ?? "",
    context: JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? "{}"),
  }),
});
if (!answer.ok) {
  console.error(await answer.text());
  process.exitCode = 1;
}
