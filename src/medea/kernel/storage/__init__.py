"""Files of tenants: one port, a folder of this machine or a bucket that speaks S3.

A key is a relative path of plain words (`knowledge/kb_.../doc_.../1`); the tenant is always its first part and
is given beside it, so no key of one tenant can name a file of another.
"""
