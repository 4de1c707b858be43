// Asks the browser for a passkey (WebAuthn Level 3) and sends what it answers.
const form = document.querySelector("[data-passkey]");

async function ask(kind, options) {
  if (kind === "create") {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    return navigator.credentials.create({ publicKey });
  }
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return navigator.credentials.get({ publicKey });
}

async function run() {
  const said = form.querySelector("[data-passkey-error]");
  const again = form.querySelector("[data-passkey-again]");
  said.hidden = again.hidden = true;
  try {
    const credential = await ask(form.dataset.passkey, JSON.parse(form.dataset.options));
    form.elements.credential.value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch (error) {
    said.textContent =
      error.name === "NotAllowedError"
        ? "No passkey was used. You may have cancelled, or waited too long."
        : "This browser or device could not do that.";
    said.hidden = again.hidden = false;
    again.focus();
  }
}

if (form) {
  form.querySelector("[data-passkey-again]").addEventListener("click", run);
  run();
}
