/// Style of the HTML report: system fonts, no network, light and dark, paper, narrow screens.
///
/// Every text colour has a contrast of at least 4.5:1 on its background, in both schemes.
enum HTMLStyle {
  static let sheet: HTML = HTML([colors, page, findings, tables, paper])

  private static let colors: HTML = """
    :root{color-scheme:light dark;
    --page:#f5f6f8;--card:#fff;--sunk:#f3f5f8;--text:#1a2230;--soft:#566073;--line:#dde2ea;--link:#1a56b0;
    --critical:#a8201a;--critical-bg:#fdecea;--warning:#7d4b00;--warning-bg:#fff3dc;
    --notice:#1a56b0;--notice-bg:#e8f0fd;--info:#4a5568;--info-bg:#edf0f4;--ok:#17653a;--ok-bg:#e7f5ec;
    --mark:#ffe08a;--mark-text:#352600}
    @media (prefers-color-scheme:dark){:root{
    --page:#11151b;--card:#191f28;--sunk:#12171e;--text:#e7ebf1;--soft:#a5b0c0;--line:#2e3845;--link:#8fbcff;
    --critical:#ff9c92;--critical-bg:#3b1b19;--warning:#f4c06a;--warning-bg:#33270e;
    --notice:#8fbcff;--notice-bg:#17263d;--info:#b9c3d1;--info-bg:#252d38;--ok:#7fd7a5;--ok-bg:#142d1f;
    --mark:#5c4711;--mark-text:#ffeab0}}

    """

  private static let page: HTML = """
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
    body{margin:0;background:var(--page);color:var(--text);overflow-wrap:anywhere;
    font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","DejaVu Sans",sans-serif}
    code,pre,kbd{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.86em}
    a{color:var(--link);text-underline-offset:.15em}
    :focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}
    .wrap{max-width:74rem;margin:0 auto;padding:0 1.25rem}
    .skip{position:absolute;left:-99rem}.skip:focus{position:static;display:inline-block;padding:.5rem}
    .top{background:var(--card);border-bottom:1px solid var(--line);padding:1.5rem 0 1.25rem}
    .brand{margin:0;color:var(--soft);font-size:.9rem}.brand b{color:var(--text);letter-spacing:.01em}
    h1{display:flex;gap:.7rem;align-items:flex-start;margin:.9rem 0 1.2rem;max-width:60rem;
    font-size:clamp(1.2rem,2.3vw,1.6rem);line-height:1.35;font-weight:650;letter-spacing:-.01em;
    text-wrap:pretty}
    h1 svg{width:1.15em;height:1.15em;margin-top:.1em}
    h2{margin:2.6rem 0 .9rem;font-size:1.3rem;line-height:1.3;letter-spacing:-.01em}
    h3{margin:.55rem 0 .3rem;font-size:1.15rem;line-height:1.35}
    h4{margin:1.4rem 0 .5rem;font-size:.95rem}
    p{margin:.5rem 0;max-width:48rem}
    dl{margin:0}dt{color:var(--soft);font-size:.82rem}dd{margin:0}
    .marks{display:flex;flex-wrap:wrap;gap:.45rem .6rem;margin:.2rem 0 1rem;padding:0;list-style:none;font-size:.9rem}
    .marks li{display:flex;gap:.45rem;align-items:center;padding:.2rem .7rem;background:var(--card);
    border:1px solid var(--line);border-radius:99px}
    .marks li span:last-child{font-weight:650}
    .facts{display:flex;flex-wrap:wrap;gap:.8rem 2.2rem}
    .facts dd{font-weight:600;font-variant-numeric:tabular-nums}
    nav ul{display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;margin:1.2rem 0 0;padding:0;list-style:none;font-size:.92rem}
    svg.shape{flex:none;width:1em;height:1em;vertical-align:-.12em;fill:currentColor}
    .critical{color:var(--critical)}.warning{color:var(--warning)}.notice{color:var(--notice)}
    .info{color:var(--info)}.ok{color:var(--ok)}
    .problems{padding-left:1.2rem}
    footer{margin:3rem 0 2rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--soft);font-size:.88rem}

    """

  private static let findings: HTML = """
    .toc{margin:0 0 1.2rem;padding:0;list-style:none}
    .toc li{display:flex;gap:.6rem;align-items:baseline;padding:.28rem 0}
    .toc .badge{flex:none;min-width:6.6rem}
    .finding{margin:0 0 1.25rem;padding:1.2rem 1.4rem 1.1rem;background:var(--card);border:1px solid var(--line);
    border-left:5px solid var(--edge);border-radius:.7rem}
    .head{display:flex;flex-wrap:wrap;gap:.45rem .7rem;align-items:center;font-size:.88rem;color:var(--soft)}
    .badge{display:inline-flex;gap:.4rem;align-items:center;padding:.12rem .6rem;border-radius:99px;
    background:var(--bg);font-size:.82rem;font-weight:650}
    .b-critical{--bg:var(--critical-bg);--edge:var(--critical)}.b-warning{--bg:var(--warning-bg);--edge:var(--warning)}
    .b-notice{--bg:var(--notice-bg);--edge:var(--notice)}.b-info{--bg:var(--info-bg);--edge:var(--line)}
    .b-ok{--bg:var(--ok-bg)}
    .summary{font-size:1.04rem;max-width:54rem}
    .keys{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.35rem 1.2rem;margin:.9rem 0 0}
    .keys dt{padding-top:.12rem}.keys dd p{margin:.15rem 0}
    .keys ul{margin:.15rem 0;padding-left:1.1rem}
    .scroll{overflow-x:auto;border:1px solid var(--line);border-radius:.5rem;background:var(--sunk)}
    .scroll:has(table){background:none}
    .slim{margin:.7rem 0 0;padding:.7rem 1rem}.slim>summary{color:var(--text);width:auto;margin:0}
    .slim>summary h3{display:inline;font-size:1rem;margin:0 .3rem}.slim>summary span:last-child{color:var(--soft)}
    pre code{font-size:inherit}
    pre{margin:0;padding:.7rem .9rem;overflow-wrap:normal;line-height:1.6}
    .listing{font-size:.78rem}.listing .no{color:var(--soft)}.listing .note{color:var(--soft);font-style:italic}
    mark{background:var(--mark);color:var(--mark-text);border-radius:.2rem;padding:0 .15em;margin:0 -.15em;
    font-weight:650}
    .measures{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));gap:.5rem}
    .measures div{padding:.45rem .7rem;background:var(--sunk);border-radius:.5rem;border:1px solid transparent}
    .measures .cost{background:none;border-color:var(--edge)}
    .measures dd{font-weight:650;font-variant-numeric:tabular-nums}
    .copies{position:relative}.copies .cmd{padding-right:5.2rem;min-height:2.9rem}
    .copy{position:absolute;top:.4rem;right:.4rem;font:600 .82rem/1.4 inherit;font-family:inherit;color:var(--link);
    background:var(--card);border:1px solid var(--soft);border-radius:.4rem;padding:.2rem .65rem;cursor:pointer}
    .copy:hover{background:var(--page)}.done{position:absolute;top:.65rem;right:4.9rem;padding:0 .4rem;font-size:.82rem;
    color:var(--ok);background:var(--sunk)}
    .steps{margin:0;padding:0;list-style:none}.steps li{margin:.6rem 0}
    .steps p{margin:0 0 .25rem}.steps p::first-letter{text-transform:uppercase}.cmd{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--sunk);
    border:1px solid var(--line);border-radius:.5rem}
    details{margin-top:1.1rem}summary{cursor:pointer;color:var(--link);font-size:.95rem;width:fit-content}
    details[open]>summary{margin-bottom:.4rem}.about dt{margin-top:.6rem}.about dd{max-width:48rem}
    p code,dd code,li code,td code{background:var(--sunk);border-radius:.25rem;padding:.05em .3em}

    """

  private static let tables: HTML = """
    table{border-collapse:collapse;width:100%;background:var(--card);font-size:.86rem;font-variant-numeric:tabular-nums}
    caption{padding:.55rem .7rem;text-align:left;color:var(--soft);font-size:.9rem;background:var(--card)}
    th,td{padding:.42rem .55rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;
    overflow-wrap:normal}
    tbody tr:last-child>*{border-bottom:0}tbody tr:hover>*{background:var(--sunk)}
    thead th{color:var(--soft);font-weight:600;white-space:nowrap;border-top:1px solid var(--line)}
    tbody th{font-weight:600}.n{text-align:right;white-space:nowrap}
    tbody .n{font-weight:400}tbody th,td{white-space:nowrap}tbody .w{white-space:normal;min-width:9rem}
    th button{font:inherit;color:inherit;background:none;border:0;padding:0;cursor:pointer;white-space:nowrap}
    th button:hover{color:var(--link)}
    th button::after{content:"\\2195";margin-left:.25em;font-size:.85em}
    th[aria-sort=ascending] button::after{content:"\\2191"}
    th[aria-sort=descending] button::after{content:"\\2193"}
    th[aria-sort=ascending] button,th[aria-sort=descending] button{color:var(--text)}
    .scroll:has(tbody tr:nth-child(25)){max-height:40rem;overflow-y:auto}
    thead th{position:sticky;top:0;background:var(--card);box-shadow:0 1px var(--line)}
    tbody th.w{overflow-wrap:anywhere}
    .small+.scroll,.scroll+.scroll,p+.scroll{margin-top:1rem}
    .small{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,21rem),1fr));gap:1rem;align-items:start}
    .small .scroll{margin:0}.small .w{min-width:0}
    .filter{display:flex;flex-wrap:wrap;gap:.6rem;align-items:center;margin:.2rem 0 .7rem;font-size:.92rem}
    .filter input{font:inherit;color:inherit;background:var(--card);border:1px solid var(--soft);border-radius:.45rem;
    padding:.3rem .6rem;width:16rem;max-width:100%}
    .quiet{color:var(--soft);font-size:.92rem}

    """

  private static let paper: HTML = """
    @media (max-width:40rem){.wrap{padding:0 .9rem}.finding{padding:1rem}.keys{grid-template-columns:1fr;gap:.1rem}
    .keys dd{margin-bottom:.5rem}.toc li{display:block}}
    @media print{:root{color-scheme:light;--page:#fff;--card:#fff;--sunk:#f6f7f9;--text:#000;--soft:#444;--line:#bbb;
    --link:#0b3d91;--critical:#a8201a;--critical-bg:#fff;--warning:#7d4b00;--warning-bg:#fff;--notice:#0b3d91;
    --notice-bg:#fff;--info:#333;--info-bg:#fff;--ok:#17653a;--ok-bg:#fff;--mark:#ffe08a;--mark-text:#000}
    body{font-size:10pt}.wrap{max-width:none;padding:0}nav,.filter,.skip,.copy,.done{display:none}
    .copies .cmd{padding-right:.9rem}
    .top{padding-top:0}.finding{padding:.8rem 1rem}
    h2,h3,h4{break-after:avoid}.head,.measures div,.steps li,tr{break-inside:avoid}
    html{font-size:13px}.scroll,.scroll:has(tbody tr:nth-child(25)){overflow:visible;max-height:none}
    .scroll pre{white-space:pre-wrap;font-size:6.2pt}table{font-size:7.5pt}#connections table{font-size:6pt}
    thead th{position:static}
    details::details-content{content-visibility:visible;height:auto}
    th button::after{content:none}mark{-webkit-print-color-adjust:exact;print-color-adjust:exact}
    th,td,th button,tbody th,tbody td,tbody .w{white-space:normal;overflow-wrap:anywhere;min-width:0}
    th,td{padding:.2rem}thead th,tbody .n{overflow-wrap:normal}tbody .n{white-space:nowrap}
    thead{display:table-header-group}}

    """
}
