// Makes one call for the playground, from this page's own origin, and says what the browser let it see.
"use strict";

const parents = document.documentElement.dataset.parents.split(" ");

addEventListener("message", async (event) => {
  if (event.source !== parent || !parents.includes(event.origin)) return;
  const { id, url, method, headers, credentials } = event.data;
  const answer = { id };
  try {
    const response = await fetch(url, { method, headers, credentials });
    const body = await response.text();
    Object.assign(answer, { status: response.status, headers: [...response.headers], body });
  } catch (error) {
    answer.error = String(error);
  }
  parent.postMessage(answer, event.origin);
});
