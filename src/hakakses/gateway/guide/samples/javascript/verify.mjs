// node verify.mjs ask.json - tanyakan apakah nilai sesuai / ask whether values match.  Node 20.
// 0 SESUAI, 1 TIDAK_SESUAI, 2 ditolak / refused, 75 coba lagi nanti / try later.
import { readFile } from "node:fs/promises";

async function post(url, body, headers = {}) {
  const reply = await fetch(url, { method: "POST", body, headers, signal: AbortSignal.timeout(10_000) });
  return [reply.status, await reply.json()];
}

async function main(path) {
  const given = JSON.parse(await readFile(path, "utf8"));
  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: given.client_id,
    client_secret: given.client_secret,
  });
  const [tokenStatus, token] = await post(`${given.base_url}/oauth2/token`, form);
  if (tokenStatus !== 200) {
    console.error("token:", token.error ?? token.code);
    return token.error || token.final ? 2 : 75;
  }
  const [status, reply] = await post(`${given.base_url}/v1/verifications`, JSON.stringify(given.ask), {
    authorization: `Bearer ${token.access_token}`,
    "content-type": "application/json",
    "idempotency-key": given.key, // the same ask under the same key is charged once
  });
  if (status !== 200) {
    console.error(`${reply.code}: ${reply.title} / ${reply.title_en}`);
    return reply.final ? 2 : 75;
  }
  console.log(reply.result);
  for (const [code, verdict] of Object.entries(reply.elements)) console.log(`  ${code}: ${verdict}`);
  console.log(`tanda terima / receipt: ${reply.receipt.seq}`);
  return reply.result === "SESUAI" ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv[2]);
} catch (fault) { // no reply, or not ours
  console.error(fault.name);
  process.exitCode = 75;
}
