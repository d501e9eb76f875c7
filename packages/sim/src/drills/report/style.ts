/** Tokens of the product's screens, as far as these pages use them, and their own rules. No font is fetched, no image, no script. */
const LIGHT =
  '--ground: #f4f6f3; --sheet: #ffffff; --line: #d3d9d3; --ink: #1c1f1d; --ink-2: #4a524d; --ink-3: #626b65; --accent: #234a8c; --tint: #e3eaf5; --fault: #a5351d;';
const DARK =
  '--ground: #14181a; --sheet: #1d2225; --line: #343b3f; --ink: #eceeea; --ink-2: #b9c0bb; --ink-3: #98a19b; --accent: #9fbcf2; --tint: #1f2c42; --fault: #f08c73;';
const MORE =
  '--ground: #fff; --sheet: #fff; --line: #000; --ink: #000; --ink-2: #000; --ink-3: #1f1f1f; --accent: #0b2f75; --tint: #fff; --fault: #7d1800;';

export const STYLE = `
:root { color-scheme: light; ${LIGHT} --font: "Pretendard Variable", Pretendard, "Noto Sans CJK KR", "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic", system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { :root { color-scheme: dark; ${DARK} } }
@media (prefers-contrast: more) { :root { color-scheme: light; ${MORE} } }
* { box-sizing: border-box; margin: 0; }
html { -webkit-text-size-adjust: 100%; }
body { background: var(--ground); color: var(--ink); font: 450 1.0625rem/1.6 var(--font); word-break: keep-all; overflow-wrap: break-word; line-break: strict; text-wrap: pretty; }
article { max-width: 816px; margin: auto; padding: 32px 48px 64px; } article + article { border-top: 6px solid var(--line); }
h1, h2, h3 { font-weight: 720; line-height: 1.22; letter-spacing: -.012em; text-wrap: balance; }
h1 { font-size: 2.75rem; letter-spacing: -.03em; margin: 24px 0 16px; } h2 { font-size: 1.375rem; margin: 48px 0 12px; } h3 { font-size: 1.0625rem; margin: 24px 0 4px; }
p + p, ul + p { margin-top: 8px; } li + li { margin-top: 4px; } ul { padding-left: 1.2em; } a { color: inherit; text-underline-offset: .25em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
.quiet { color: var(--ink-2); } .small { font-size: .875rem; color: var(--ink-3); } .lead { font-size: 1.375rem; line-height: 1.5; }
.bar { display: flex; flex-wrap: wrap; gap: 4px 24px; justify-content: space-between; align-items: center; border-bottom: 1px solid var(--line); padding-bottom: 12px; } .bar nav { display: flex; gap: 24px; } .bar a { display: inline-flex; align-items: center; min-height: 48px; } .bar b { font-weight: 720; }
.tag { display: inline-block; padding: 0 .6em; border: 1.5px solid currentColor; border-radius: 4px; font-size: .875rem; font-weight: 650; line-height: 1.7; } .tag.failed { color: var(--fault); border-style: dashed; }
.numbers { display: grid; grid-template-columns: repeat(3, 1fr); border-block: 2px solid var(--ink); margin: 32px 0; }
.numbers div { padding: 16px 24px; border-left: 1px solid var(--line); display: flex; flex-direction: column; } .numbers div:first-child { border-left: 0; padding-left: 0; }
.numbers dt { color: var(--ink-2); font-size: .9375rem; line-height: 1.4; } .numbers dd { margin: 0; } .numbers .n { order: -1; font-size: 3.5rem; font-weight: 620; letter-spacing: -.03em; line-height: 1.1; font-variant-numeric: tabular-nums; } .numbers .hint { font-size: .875rem; color: var(--ink-3); } .numbers .bad .n { color: var(--fault); }
figure { margin: 24px 0 0; break-inside: avoid; } figcaption { font-weight: 650; } figcaption .quiet { font-weight: 450; } svg { display: block; width: 100%; height: auto; margin-top: 8px; } svg text { font: 450 12px var(--font); fill: var(--ink-2); font-variant-numeric: tabular-nums; }
.rule { stroke: var(--line); } .solid { fill: var(--accent); } .hollow { fill: var(--tint); stroke: var(--accent); stroke-width: 1.5; } .broken { fill: var(--fault); opacity: .12; } svg .broken-label { fill: var(--fault); opacity: 1; font-weight: 650; } .mark { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 3 2; } svg .mark-label { fill: var(--ink); }
blockquote { margin: 12px 0 0; padding: 16px 24px; background: var(--tint); border-left: 6px solid var(--accent); } blockquote b { display: block; font-size: 1.375rem; font-weight: 720; line-height: 1.35; margin-bottom: 4px; } .who { font-size: .875rem; color: var(--ink-2); }
.table { overflow-x: auto; } table { border-collapse: collapse; width: 100%; border-top: 2px solid var(--ink); } th, td { text-align: left; font-weight: 450; padding: 8px 16px 8px 0; border-bottom: 1px solid var(--line); vertical-align: baseline; } thead th { color: var(--ink-2); font-size: .875rem; } td { font-weight: 650; font-variant-numeric: tabular-nums; } td:last-child, thead th:last-child { padding-right: 0; }
details { margin-top: 24px; } summary { cursor: pointer; min-height: 48px; display: flex; align-items: center; text-decoration: underline; text-underline-offset: .25em; }
.list { list-style: none; padding: 0; margin: 32px 0 0; border-top: 2px solid var(--ink); } .list li { margin: 0; border-bottom: 1px solid var(--line); padding: 12px 0; display: grid; grid-template-columns: 1fr auto; gap: 4px 24px; align-items: baseline; } .list p { grid-column: 1 / -1; font-size: .9375rem; color: var(--ink-2); margin: 0; } .list a { font-weight: 650; }
@media (max-width: 600px) { article { padding: 16px 24px 48px; } h1 { font-size: 2rem; } .lead { font-size: 1.1875rem; } .numbers { grid-template-columns: 1fr; } .numbers div, .numbers div:first-child { border-left: 0; border-top: 1px solid var(--line); padding: 12px 0; display: grid; grid-template-columns: 5rem 1fr; gap: 0 16px; align-items: center; } .numbers div:first-child { border-top: 0; } .numbers .n { grid-row: 1 / 3; font-size: 3rem; } .numbers dt { grid-column: 2; } .numbers .hint { grid-column: 2; } svg text { font-size: 20px; } blockquote { padding: 12px 16px; } }
@media print { @page { margin: 16mm; } body { background: none; font-size: 11pt; } article { padding: 0; max-width: none; } article + article { border: 0; break-before: page; } .bar nav, details { display: none; } h2 { break-after: avoid; } }
`.trim();
