// Passkeys at the door (W3C WebAuthn Level 3). A form with data-passkey="get" or "create" posts its fields to
// data-options, asks the authenticator, and posts its answer with the same fields to data-answer.
//
// An invitation's code may come behind the # of the address, which browsers send to nobody; it is taken from there
// into the first empty code field and removed from the address.

const forms = document.querySelectorAll("form[data-passkey]");

for (const form of forms) {
  const said = form.querySelector("[data-said]");
  const button = form.querySelector("button[type=submit]");
  const say = (text) => { said.textContent = text; said.hidden = !text; };

  const post = async (address, body) => {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
    });
    const told = (answer.headers.get("content-type") || "").startsWith("application/json") ? await answer.json() : {};
    if (!answer.ok) throw new Error(told.said || form.dataset.failed);
    return told;
  };

  if (!window.PublicKeyCredential || !PublicKeyCredential.parseRequestOptionsFromJSON) {
    say(form.dataset.unable);
    continue;
  }
  say("");
  button.disabled = false;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    say("");
    try {
      const fields = Object.fromEntries(new FormData(form));
      const options = await post(form.dataset.options, fields);
      const credential = form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      const told = await post(form.dataset.answer, { ...fields, credential: credential.toJSON() });
      location.assign(new URL(told.to, location.origin).pathname + new URL(told.to, location.origin).search);
    } catch (error) {
      // A DOMException is the browser's or the authenticator's: closed, too slow, or no key for this site.
      say(error instanceof DOMException ? form.dataset.stopped : error.message || form.dataset.failed);
      button.disabled = false;
      button.focus();
    }
  });
}

const fields = [...document.querySelectorAll("input[data-code]")];

const take = () => {
  const code = location.hash.slice(1);
  if (!fields.length || !/^[0-9A-Za-z-]{1,40}$/.test(code)) return;
  const free = fields.find((field) => !field.value || field.value === code);
  if (free) free.value = code;
  history.replaceState(null, "", location.pathname + location.search);
};

take();
// The second of two such addresses, opened in the same window, loads nothing anew.
window.addEventListener("hashchange", take);
