"""Companies: who belongs to them, who is invited, which keys and model providers they have.

Owns `tenants`, `memberships`, `invitations`, `api_keys`, `identity_secrets`, `model_providers`, and turns
every credential into a principal (`authenticator`). Signing up and logging in are here, because their answer
names a company.

Invariants: a company always has an owner; only owners make, change or remove owners; a key never carries
a scope that its maker lacks; a secret key is shown once and stored as a keyed hash; a revoked key and a
removed member lose access at once, in every process; a provider's key is encrypted and never returned; the
identity secret is encrypted, shown to who may change the company, and of two only the newest counts.

Beside the usual files: `origins` (how websites are named and matched), `caches` (what is remembered in
process), `authenticator`.

Events: `tenancy.tenant_created`, `member_joined`, `member_role_changed`, `member_removed`,
`api_key_created`, `api_key_changed`, `api_key_revoked`,
`identity_secret_rotated`, `provider_changed`.
"""
