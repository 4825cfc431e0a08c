// Makes one call for the playground, from this page's own origin, and says what the browser let it see.
"use strict";

const page = document.documentElement.dataset.parent;

addEventListener("message", async (event) => {
  if (event.source !== parent || event.origin !== page) return;
  const { id, url, method, headers, credentials } = event.data;
  const answer = { id };
  try {
    const response = await fetch(url, { method, headers, credentials });
    await response.text();
    Object.assign(answer, { status: response.status, headers: [...response.headers] });
  } catch (error) {
    answer.error = String(error);
  }
  parent.postMessage(answer, event.origin);
});
