"use strict";
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#try",
  validatorUrl: "none", // no call to anyone else
  queryConfigEnabled: false,
  persistAuthorization: false,
  defaultModelsExpandDepth: -1,
  tryItOutEnabled: true,
  syntaxHighlight: false, // its red is too dark on its grey
});
// Swagger UI leaves some fields without a name (WCAG 4.1.2).
const NAMES = { TEXTAREA: "Isi permintaan / Request body", SELECT: "Pilihan / Choice" };
const shown = document.getElementById("try");
new MutationObserver(() => {
  for (const field of shown.querySelectorAll("textarea:not([aria-label]), select:not([aria-label])")) {
    if (!field.labels.length) field.setAttribute("aria-label", NAMES[field.tagName]);
  }
}).observe(shown, { childList: true, subtree: true });
