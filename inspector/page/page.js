// What a page does beyond HTML: it copies texts, and says whether it is live. All else works without it.
"use strict";

document.documentElement.classList.add("scripted");

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  const text = "value" in source ? source.value : source.textContent;
  const said = button.nextElementSibling;
  try {
    await navigator.clipboard.writeText(text);
    said.textContent = "copied";
  } catch {
    // No clipboard: the address is not one that browsers trust. Selected text can be copied by hand.
    if ("select" in source) {
      source.focus();
      source.select();
    } else {
      getSelection().selectAllChildren(source);
    }
    said.textContent = "selected";
  }
  setTimeout(() => { said.textContent = ""; }, 4000);
});

const live = document.getElementById("live");
if (live) {
  const say = (state, text) => {
    live.dataset.state = state;
    live.textContent = text;
  };
  document.addEventListener("htmx:sseOpen", () => say("open", "Live"));
  document.addEventListener("htmx:sseError", () => say("lost", "Connection lost, trying again"));
}
