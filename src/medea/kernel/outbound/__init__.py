"""The one door to addresses that a tenant can name.

`policy` decides about URLs and addresses and knows no HTTP client; `addresses` holds the ranges; `client`
puts the policy under aiohttp: on every request, redirects included, on every resolved address, and once
more on every socket before it connects. A name is resolved once and the connection goes to that very
address, so a second answer of the DNS (rebinding) has nobody to reach.

`egress` notes what each tenant asked of the door, `ledger` keeps it.
"""
