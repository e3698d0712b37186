/*
 * Faults of the report itself, kept where a test, or a curious reader, finds them: in the attribute
 * data-errors of the body.
 */

const faults = [];
export function fault(what) {
  faults.push(String(what));
  if (document.body) document.body.dataset.errors = faults.join(' | ');
}
addEventListener('error', (e) => fault(e.message));
addEventListener('unhandledrejection', (e) => fault(e.reason));
document.addEventListener('securitypolicyviolation', (e) =>
  fault(`policy: ${e.violatedDirective} ${e.blockedURI}`));
