"""Mail providers: how a mailbox of each is set up (`table`), and what each one's webhooks say, in our words.

One file per provider that posts webhooks: `verified` tells whether a post is really its, `translate` makes events of it
(`events.Told`). Strangers' words are translated here, once, by a table; nothing beyond this folder knows them.
How to add one: docs/adding-a-provider.md.
"""
