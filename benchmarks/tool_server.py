"""`python -m benchmarks.tool_server <port>`: an MCP server of the official SDK, in a process of its own."""

import sys

import uvicorn
from mcp.server.mcpserver import MCPServer

server = MCPServer("bench")


@server.tool()
def find_order(order_id: str) -> dict[str, str]:
    """Find an order."""
    return {"order_id": order_id, "state": "sent", "note": "x" * 500}


if __name__ == "__main__":
    app = server.streamable_http_app()
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="critical")
