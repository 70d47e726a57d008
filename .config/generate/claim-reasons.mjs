const START = '<!-- reasons: generated from chaincode/src/model/claims/claim-reason.ts -->';
const END = '<!-- end of reasons -->';

/** Puts the table of reasons between the page's two marks; the rest of the page is written by hand. */
export function renderClaimReasons(page, load) {
  const { claimReasons } = load('../chaincode/dist/model/index.js');
  const from = page.indexOf(START);
  const to = page.indexOf(END);
  if (from < 0 || to < 0) throw new Error('docs/reference/benefit-plan.md has lost the marks of its reasons');
  const lines = Object.entries(claimReasons).map(([code, { category, bears, carc, hl7, canClear, text }]) => {
    const amount = category === 'none' ? '' : `\`${category}\``;
    return `| \`${code}\` | ${[text, amount, bears, carc ?? '', hl7 ?? '', canClear ? 'yes' : ''].join(' | ')} |`;
  });
  const head = '| Reason | Says | Amount | Bears | CARC | HL7 | Clear |\n|---|---|---|---|---|---|---|';
  return `${page.slice(0, from)}${START}\n\n${head}\n${lines.join('\n')}\n\n${page.slice(to)}`;
}
