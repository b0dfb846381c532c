// A real OpenID provider (oidc-provider) for the tests. Whoever is named by /control/user is signed in without asking.
// /control/replay makes the next answer carry the identity token that was issued before it, /control/spoil a broken one.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [packages, callback] = process.argv.slice(2);
const entry = createRequire(`${packages}/`).resolve("oidc-provider");
const { Provider } = await import(pathToFileURL(entry));

const users = {
  sam: { preferred_username: "sam.steward", groups: ["concord-stewards", "concord-met"] },
  una: { preferred_username: "una.nobody", groups: ["canteen"] },
  ada: { preferred_username: "ada.approver", groups: ["concord-stewards", "concord-approvers", "concord-all"] },
  new: { preferred_username: "new.viewer", groups: ["concord-viewers", "concord-met", "concord-kent"] },
};
const state = { user: "sam", last: null, trick: null };
const client = (id, other) => ({ client_id: id, client_secret: `${id}-secret`, redirect_uris: [callback], ...other });

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [client("concord"), client("elsewhere"), client("slim", { client_secret: undefined, token_endpoint_auth_method: "none" })],
    acrValues: ["one-factor", "two-factors"],
    claims: { acr: null, openid: ["sub"], profile: ["preferred_username", "groups"] },
    conformIdTokenClaims: process.argv[4] === "userinfo",
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...users[id] }) }),
    loadExistingGrant: async (ctx) => {
      const grant = new ctx.oidc.provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
      grant.addOIDCScope("openid profile");
      await grant.save();
      return grant;
    },
  });
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path !== "/token" || !ctx.body?.id_token) return;
    const issued = ctx.body.id_token;
    if (state.trick === "replay") ctx.body.id_token = state.last;
    if (state.trick === "spoil") ctx.body.id_token = issued.slice(0, -6) + (issued.endsWith("AAAAAA") ? "BBBBBB" : "AAAAAA");
    if (state.trick === "unsigned") {
      const head = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
      ctx.body.id_token = `${head}.${issued.split(".")[1]}.`;
    }
    state.trick = null;
    state.last = issued;
  });
  const answer = provider.callback();
  server.on("request", async (request, response) => {
    const [, first, second, third] = request.url.split("/");
    if (first === "control") {
      state[["user", "acr"].includes(second) ? second : "trick"] = third;
      response.end();
    } else if (first === "interaction") {
      await provider.interactionFinished(request, response, { login: { accountId: state.user, acr: state.acr } });
    } else {
      answer(request, response);
    }
  });
  console.log(issuer);
});
