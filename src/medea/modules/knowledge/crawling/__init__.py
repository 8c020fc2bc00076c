"""Web pages and sitemaps, through the one door out, as their owners' robots.txt allows."""
