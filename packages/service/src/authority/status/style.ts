/** Tokens of the product's screens, as far as these pages use them, and their own rules. No font is fetched, no image, no script. */
const LIGHT =
  '--ground: #f4f6f3; --sheet: #ffffff; --sunk: #e8ece7; --line: #d3d9d3; --edge: #7b857e; --ink: #1c1f1d; --ink-2: #4a524d; --ink-3: #626b65; --accent: #234a8c; --accent-tint: #e3eaf5; --fault: #a5351d;';
const DARK =
  '--ground: #14181a; --sheet: #1d2225; --sunk: #0d1011; --line: #343b3f; --edge: #7f8a8f; --ink: #eceeea; --ink-2: #b9c0bb; --ink-3: #98a19b; --accent: #9fbcf2; --accent-tint: #1f2c42; --fault: #f08c73;';
const MORE =
  '--ground: #fff; --sheet: #fff; --sunk: #fff; --line: #000; --edge: #000; --ink: #000; --ink-2: #000; --ink-3: #1f1f1f; --accent: #0b2f75; --accent-tint: #fff; --fault: #7d1800;';

export const STYLE = `
:root { color-scheme: light; ${LIGHT}
  --font: "Pretendard Variable", Pretendard, "Noto Sans CJK KR", "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic", system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { :root { color-scheme: dark; ${DARK} } }
@media (prefers-contrast: more) { :root { color-scheme: light; ${MORE} } }
* { box-sizing: border-box; margin: 0; }
html { -webkit-text-size-adjust: 100%; }
body { background: var(--ground); color: var(--ink); font: 450 1.0625rem/1.55 var(--font); word-break: keep-all; overflow-wrap: break-word; line-break: strict; }
h1, h2, h3 { font-weight: 720; line-height: 1.22; letter-spacing: -.012em; text-wrap: balance; }
h2 { font-size: 1.25rem; margin-bottom: 12px; } h3 { font-size: 1.0625rem; }
a { color: inherit; text-underline-offset: .25em; } b { font-weight: 650; }
ul, ol { list-style: none; padding: 0; } dd { margin: 0; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
.num { font-variant-numeric: tabular-nums lining-nums; } .quiet { color: var(--ink-2); } .small { font-size: .875rem; color: var(--ink-3); } p.small { margin-top: 12px; } .nw { white-space: nowrap; } .s { display: inline-block; }
.in { max-width: 1344px; margin: auto; padding-inline: 48px; }
.tag { display: inline-block; padding: 0 .6em; border: 1.5px solid currentColor; border-radius: 4px; font-size: .82rem; font-weight: 650; line-height: 1.7; white-space: nowrap; }
.tag.provisional { border-style: dashed; }
.bar { background: var(--sheet); border-bottom: 1px solid var(--line); }
.bar .in { display: flex; flex-wrap: wrap; gap: 0 24px; align-items: center; justify-content: space-between; min-height: 64px; }
.brand { display: inline-flex; align-items: center; gap: .5em; font-weight: 720; text-decoration: none; white-space: nowrap; } .brand svg { width: 1.15em; height: 1.15em; fill: currentColor; }
.bar nav { display: flex; flex-wrap: wrap; gap: 0 24px; } .bar nav a { min-height: 48px; display: inline-flex; align-items: center; } .bar nav [aria-current] { text-decoration: none; font-weight: 650; }
.drill { background: repeating-linear-gradient(135deg, var(--sheet) 0 10px, var(--sunk) 10px 20px); border-bottom: 1px solid var(--edge); } .drill p { padding-block: 8px; font-weight: 650; }
.who { position: absolute; opacity: 0; width: 1px; height: 1px; }
.seg { display: inline-flex; border: 1.5px solid var(--edge); border-radius: 10px; overflow: hidden; background: var(--sheet); margin-bottom: 24px; }
.seg label { min-height: 48px; padding: 0 24px; display: inline-flex; align-items: center; justify-content: center; cursor: pointer; }
#owner:checked ~ .top .seg [for=owner], #visitor:checked ~ .top .seg [for=visitor] { background: var(--ink); color: var(--ground); font-weight: 650; }
#owner:focus-visible ~ .top .seg [for=owner], #visitor:focus-visible ~ .top .seg [for=visitor] { outline: 3px solid var(--accent); outline-offset: -6px; }
#owner:checked ~ .top .for-visitor, #visitor:checked ~ .top .for-owner { display: none; }
.top { background: var(--accent-tint); border-bottom: 6px solid var(--accent); } .top.usual { background: var(--sheet); border-bottom-color: var(--line); } .top.provisional { border-bottom-style: dashed; }
.top .in { padding-block: 32px; display: grid; grid-template-columns: minmax(0, 1fr) 260px; gap: 32px; align-items: end; }
.top h1 { font-size: 4rem; letter-spacing: -.035em; line-height: 1.12; margin: 16px 0 24px; } .top .do { font-size: 1.5rem; line-height: 1.5; max-width: 30em; }
.as-of { display: grid; gap: 4px; justify-items: end; text-align: right; font-size: .875rem; color: var(--ink-2); } .as-of b { font-size: 2.75rem; font-weight: 620; letter-spacing: -.03em; color: var(--ink); line-height: 1; }
.body { padding-block: 32px 64px; display: grid; grid-template-columns: minmax(0, 1fr) 448px; gap: 32px 64px; } .wide { grid-column: 1 / -1; }
.facts { display: grid; grid-template-columns: repeat(3, 1fr); border-block: 1px solid var(--line); margin-bottom: 12px; }
.facts div { padding: 16px 24px; border-left: 1px solid var(--line); } .facts div:first-child { border-left: 0; padding-left: 0; }
.facts dt { color: var(--ink-2); font-size: .875rem; } .facts dd { font-weight: 720; font-size: 2rem; line-height: 1.3; letter-spacing: -.01em; } .facts p { font-size: .875rem; color: var(--ink-2); }
.list, .comp { border-top: 1px solid var(--line); }
.list li { border-bottom: 1px solid var(--line); padding: 12px 0; display: grid; grid-template-columns: 4.5rem 1fr auto; gap: 12px; align-items: baseline; } .list .num { color: var(--ink-2); }
.comp li { display: flex; justify-content: space-between; align-items: center; gap: 16px; border-bottom: 1px solid var(--line); min-height: 50px; }
.comp span:last-child { display: flex; gap: .5em; align-items: center; color: var(--ink-2); text-align: right; } .comp span:last-child::before { content: ""; flex: none; width: 10px; height: 10px; background: var(--ink-2); border-radius: 50%; }
.comp .bad span:last-child { color: var(--fault); font-weight: 650; } .comp .bad span:last-child::before { background: none; border: 2.5px solid var(--fault); border-radius: 0; }
.comp .unknown span:last-child::before { background: none; border: 2px solid var(--ink-2); }
.kinds { border-top: 1px solid var(--line); } .kinds > li { border-bottom: 1px solid var(--line); padding: 16px 0; }
footer { border-top: 1px solid var(--line); padding-block: 24px 48px; font-size: .875rem; color: var(--ink-2); } footer p + p { margin-top: 4px; }
.old { visibility: hidden; height: 0; overflow: hidden; background: var(--ink); color: var(--ground); animation: old 1ms 300s forwards; } .old p { padding-block: 12px; font-weight: 650; }
@keyframes old { to { visibility: visible; height: auto; } }
.silent { display: block; width: 100%; max-width: 560px; }
.card { background: var(--sheet); border-top: 10px solid var(--accent); margin: 24px auto; max-width: 1180px; padding: 32px 48px; display: grid; grid-template-columns: minmax(0, 1fr) 396px; gap: 0 64px; break-inside: avoid; }
.card > header { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 0 16px; justify-content: space-between; align-items: center; border-bottom: 1px solid var(--line); padding-bottom: 16px; margin-bottom: 32px; }
.card h2.venues { margin: 0; } .card h1 { font-size: 3.25rem; letter-spacing: -.035em; line-height: 1.15; } .card .q { color: var(--ink-2); font-size: 1.25rem; margin-bottom: 8px; } .card .say { font-size: 1.375rem; line-height: 1.6; margin-top: 16px; }
.qa { margin-top: 24px; border-top: 1px solid var(--line); } .qa div { padding: 12px 0; border-bottom: 1px solid var(--line); display: grid; grid-template-columns: 15rem 1fr; gap: 16px; } .qa dt { color: var(--ink-2); } .qa dd { font-weight: 650; }
.tab { border-top: 2px solid var(--ink); } .tab li { display: flex; justify-content: space-between; align-items: baseline; border-bottom: 1px solid var(--line); padding: 9px 0; gap: 12px; } .tab b { text-align: right; white-space: nowrap; } .tab span { color: var(--ink-2); }
.past { padding-block: 32px 64px; } .past article { border-top: 2px solid var(--ink); padding: 16px 0 48px; display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 16px 64px; } .past header { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: baseline; } .past h2 { margin: 0; font-size: 1.5rem; } .past h1 { font-size: 2rem; margin-bottom: 24px; } .past h3 { margin-bottom: 8px; } .past section + section { margin-top: 24px; }
.past .list li { grid-template-columns: 8.5rem 1fr auto; }
@media (max-width: 900px) { .body, .top .in, .card, .past article { grid-template-columns: minmax(0, 1fr); } .as-of { justify-items: start; text-align: left; } .top h1 { font-size: 3rem; } .card { padding: 24px 32px; } .card aside { margin-top: 32px; } .past article > div + div { margin-top: 16px; } }
@media (max-width: 600px) {
  .in { padding-inline: 24px; } .bar .in { min-height: 56px; padding-top: 12px; } .top .in { padding-block: 24px; gap: 24px; } .top h1 { font-size: 2.625rem; margin: 12px 0 16px; } .top .do { font-size: 1.25rem; } .seg { display: flex; } .seg label { flex: 1; }
  .as-of { grid-template-columns: auto 1fr; align-items: baseline; gap: 0 12px; } .as-of b { font-size: 1.5rem; } .as-of span:last-child { grid-column: 1 / -1; } .as-of .tag { justify-self: start; }
  .body { padding-block: 24px 48px; } .facts { grid-template-columns: 1fr; border-top: 0; } .facts div, .facts div:first-child { border-left: 0; border-top: 1px solid var(--line); padding: 12px 0; display: grid; grid-template-columns: 6.5rem 1fr; } .facts dd { font-size: 1.5rem; } .facts p { grid-column: 2; } .facts dt { line-height: 2.2; }
  .list li { grid-template-columns: 3.4rem 1fr; } .list .tag { grid-column: 2; justify-self: start; } .card { margin: 0 0 24px; padding: 16px 24px 32px; } .card h1 { font-size: 2.375rem; } .card .q { font-size: 1.0625rem; } .card .say { font-size: 1.25rem; } .qa div { grid-template-columns: 1fr; gap: 0; } .past .list li { grid-template-columns: 7rem 1fr; }
}
@media print { body { background: none; } .bar nav, .seg, .old { display: none; } .card { border: 0; padding: 0; margin: 0 0 12mm; break-after: page; } }
`.trim();
