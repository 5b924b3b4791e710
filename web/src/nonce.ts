/**
 * The page's Content-Security-Policy allows a <style> element only with the nonce of that answer. Monaco makes its
 * style elements with document.createElement and knows no nonce, so each one gets it here. Import this module first.
 */
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.nonce ?? '';
const createElement = document.createElement.bind(document);

document.createElement = ((name: string, options?: ElementCreationOptions) => {
  const element = createElement(name, options);
  if (element instanceof HTMLStyleElement) element.nonce = nonce;
  return element;
}) as typeof document.createElement;

export {};
