// Has a passkey sign what the page shows.
//
// The challenge is computed here, from the text in the boxes as it stands on the page, so that what is signed is what
// is seen; the server checks that it is the act that was prepared. See tearline.ledger.personal for the format:
//   SHA-256("tearline/act/2" LF SHA-256(opening) statement'_0 statement'_1 ...)
//   statement' = SHA-256(SHA-256(section) statement)
//
// No text is put into the page as markup: messages stand there already, hidden.
(() => {
  "use strict";

  const form = document.getElementById("sign");
  if (!form) return;
  const button = form.querySelector("button");
  const messages = form.querySelectorAll("[data-when]");

  const say = (when) => {
    for (const one of messages) one.hidden = one.dataset.when !== when;
  };

  if (!window.isSecureContext || !window.PublicKeyCredential) {
    say("unable");
    return;
  }
  button.hidden = false;
  say("ready");

  const bytes = (base64url) =>
    Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const base64url = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const sha256 = async (...parts) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", await new Blob(parts).arrayBuffer()));
  const utf8 = (text) => new TextEncoder().encode(text);

  async function challenge() {
    const [opening, ...sections] = [...document.querySelectorAll("pre[data-signed]")];
    const stated = [];
    for (const section of sections) {
      stated.push(await sha256(await sha256(utf8(section.textContent)), bytes(section.dataset.signed)));
    }
    return sha256(utf8("tearline/act/2\n"), await sha256(utf8(opening.textContent)), ...stated);
  }

  async function assertion() {
    const asked = JSON.parse(form.dataset.keys);
    const credential = await navigator.credentials.get({
      publicKey: {
        challenge: await challenge(),
        rpId: asked.site,
        allowCredentials: asked.keys.map((id) => ({ type: "public-key", id: bytes(id) })),
        userVerification: "required",
        timeout: 300000,
      },
    });
    const { authenticatorData, clientDataJSON, signature } = credential.response;
    return {
      id: credential.id,
      response: {
        authenticatorData: base64url(authenticatorData),
        clientDataJSON: base64url(clientDataJSON),
        signature: base64url(signature),
      },
    };
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.disabled = true;
    say("waiting");
    assertion().then(
      (made) => {
        form.elements.assertion.value = JSON.stringify(made);
        form.submit();
      },
      () => {
        button.disabled = false;
        say("failed");
      },
    );
  });
})();
