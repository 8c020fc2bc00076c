import type { Snippet } from "@/features/embed";

/** How a server signs an identity token: the secret's text is the key, as it stands. */
export const SIGNING: Snippet[] = [
  {
    id: "node",
    label: "Node.js",
    language: "javascript",
    code: `import jwt from "jsonwebtoken"; // npm install jsonwebtoken

// On your server, for the user who is logged in.
export function identityToken(user) {
  const claims = { sub: String(user.id) };
  return jwt.sign(claims, process.env.CHAT_IDENTITY_SECRET, {
    algorithm: "HS256",
    expiresIn: "12h",
  });
}`,
  },
  {
    id: "python",
    label: "Python",
    language: "python",
    code: `import os, time
import jwt  # pip install pyjwt

# On your server, for the user who is logged in.
def identity_token(user):
    claims = {"sub": str(user.id), "exp": int(time.time()) + 12 * 3600}
    return jwt.encode(claims, os.environ["CHAT_IDENTITY_SECRET"], algorithm="HS256")`,
  },
];

/** How a page hands the token on. */
export function handingOver(widgetOrigin: string): Snippet[] {
  return [
    {
      id: "attribute",
      label: "HTML",
      language: "html",
      code: `<script async src="${widgetOrigin}/embed.js"
  data-key="pk_..."
  data-agent="..."
  data-identity-token="TOKEN FROM YOUR SERVER"></script>`,
    },
    {
      id: "command",
      label: "JavaScript",
      language: "javascript",
      code: `// When somebody logs in without a new page; null when they log out.
Medea("identify", tokenFromYourServer);

// The token ran out while the page was open: sign another.
Medea("on", "unidentified", async () => {
  const answer = await fetch("/my-identity-token");
  Medea("identify", await answer.text());
});`,
    },
    {
      id: "react",
      label: "React",
      language: "tsx",
      code: `<MedeaChat
  origin="${widgetOrigin}"
  agent="..."
  publishableKey="pk_..."
  identity={user ? user.identityToken : null}
/>`,
    },
  ];
}
