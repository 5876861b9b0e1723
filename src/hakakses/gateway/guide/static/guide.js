// Copy buttons beside the code; without this file the pages say the same.
"use strict";
const said = document.getElementById("said");
for (const figure of navigator.clipboard ? document.querySelectorAll("figure") : []) {
  const button = document.createElement("button");
  const caption = figure.querySelector("figcaption");
  button.type = "button";
  button.textContent = said.dataset.copy;
  button.setAttribute("aria-label", `${said.dataset.copy}: ${caption.textContent.trim()}`);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(figure.querySelector("pre").textContent);
    button.textContent = said.textContent = said.dataset.copied;
    setTimeout(() => {
      button.textContent = said.dataset.copy;
      said.textContent = "";
    }, 2000);
  });
  caption.append(button);
}
