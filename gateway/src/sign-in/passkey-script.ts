/**
 * The one script of the sign-in pages: asks the browser for a passkey where a button offers one, and sends what it answers with the button's form.
 * Where the browser has no passkeys, or not in the standard's own encoding (Web Authentication, level 3, 5.1), the button stays hidden.
 */
export const passkeyScript = `'use strict';
for (const button of document.querySelectorAll('button[data-passkey]')) {
  const { passkey, options } = button.dataset;
  const supported = window.PublicKeyCredential;
  button.hidden = supported?.parseRequestOptionsFromJSON === undefined;
  button.addEventListener('click', async (event) => {
    event.preventDefault();
    try {
      const asked = JSON.parse(options);
      const credential =
        passkey === 'create'
          ? await navigator.credentials.create({ publicKey: supported.parseCreationOptionsFromJSON(asked) })
          : await navigator.credentials.get({ publicKey: supported.parseRequestOptionsFromJSON(asked) });
      button.form.elements.passkey.value = JSON.stringify(credential);
      button.form.requestSubmit(button);
    } catch {
      button.nextElementSibling.textContent = 'No passkey was given. Try again, or choose the other way.';
    }
  });
}
`;
