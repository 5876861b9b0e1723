"use strict";
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#try",
  validatorUrl: "none", // no call to anyone else
  queryConfigEnabled: false,
  persistAuthorization: false,
  defaultModelsExpandDepth: -1,
  tryItOutEnabled: true,
});
