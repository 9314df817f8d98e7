// Copyright: (c) 2026, offlineseed.azure contributors
// GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Azurite's blob service in this process, told its accounts at run time.
// One JSON line on stdin {"accounts": {name: [key1, key2]}} replaces the accounts; one JSON line on stdout answers.
// When stdin ends (the lab has gone, however it went) the service closes its databases and leaves.
// Uses two inner parts of Azurite 3.35.0 (BlobServerFactory, accountDataStore.refresh), hence the pinned version.
"use strict";
const path = require("path");
const readline = require("readline");

const home = process.env.LAB_AZURITE_HOME;
const { BlobServerFactory } = require(path.join(home, "dist/src/blob/BlobServerFactory"));

function say(message) {
  process.stdout.write(JSON.stringify(message) + "\n");
}

function setAccounts(server, accounts) {
  process.env.AZURITE_ACCOUNTS = Object.entries(accounts)
    .map(([name, keys]) => [name, ...keys].join(":"))
    .join(";");
  server.accountDataStore.refresh();
}

async function main() {
  const server = await new BlobServerFactory().createServer();
  let leaving = false;
  async function leave() {
    if (leaving) return;
    leaving = true;
    await server.close();
    process.exit(0);
  }
  const lines = readline.createInterface({ input: process.stdin });
  lines.on("line", (line) => {
    setAccounts(server, JSON.parse(line).accounts);
    say({ accounts: true });
  });
  lines.on("close", leave);
  process.on("SIGTERM", leave);
  process.on("SIGINT", () => {});
  await server.start();
  say({ port: server.httpServer.address().port });
}

main().catch((error) => {
  say({ error: String(error.stack || error) });
  process.exit(1);
});
