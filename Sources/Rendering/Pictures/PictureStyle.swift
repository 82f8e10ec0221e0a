/// Style of the pictures: colours for light, dark and paper, line patterns, sizes.
///
/// Text takes the page's own colours; lines and marks have a contrast of at least 3:1 on a card, in both schemes.
enum PictureStyle {
  static let sheet: HTML = HTML([colors, shapes])

  private static let colors: HTML = """
    :root{--p-data:#2f68a8;--p-ack:#17753f;--p-win:#8a6400;--p-sack:#7a3fb0;--p-fast:#c0271d;--p-rto:#a01a78;
    --p-tlp:#b65300;--p-rtx:#3b4350;--p-area:#cfe0f3}
    @media (prefers-color-scheme:dark){:root{--p-data:#86b6ec;--p-ack:#6fd19a;--p-win:#dfb54c;--p-sack:#c6a0f2;
    --p-fast:#ff8a80;--p-rto:#ff8fd6;--p-tlp:#ffb066;--p-rtx:#d5dbe4;--p-area:#26405f}}
    @media print{:root{--p-data:#2f68a8;--p-ack:#17753f;--p-win:#8a6400;--p-sack:#7a3fb0;--p-fast:#c0271d;
    --p-rto:#a01a78;--p-tlp:#b65300;--p-rtx:#3b4350;--p-area:#cfe0f3}}

    """

  private static let shapes: HTML = """
    .fig{margin:1.2rem 0 0}.fig figcaption{margin:0 0 .35rem;font-size:.95rem;font-weight:650}
    .fig figcaption span{font-weight:400;color:var(--soft)}
    .fig .scroll{background:var(--card)}
    .fig .scroll>svg{display:block;width:100%;min-width:46rem;height:auto;padding:.35rem .2rem}
    .fig .plot{overflow:visible}.fig .plot.zoomed{overflow:hidden}.fig .plot path{vector-effect:non-scaling-stroke}
    .fig text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:var(--soft);
    font-variant-numeric:tabular-nums}
    .fig text.lab{fill:var(--text)}.fig text.num{font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;
    font-size:11.5px;fill:var(--text)}.fig text.bad{fill:var(--critical)}
    .fig path{fill:none}.fig .grid{stroke:var(--line)}.fig .ax{stroke:var(--soft)}
    .fig .data{stroke:var(--p-data);stroke-width:2}.fig .ack{stroke:var(--p-ack);stroke-width:1.5}
    .fig .win{stroke:var(--p-win);stroke-width:1.5;stroke-dasharray:6 3}
    .fig .again{stroke:var(--p-fast);stroke-width:1.25;stroke-dasharray:2 3}
    .fig .sack{stroke:var(--p-sack);stroke-width:3;opacity:.75}
    .fig .area{fill:var(--p-area);stroke:var(--p-data);stroke-width:1.25}
    .fig .dot{fill:var(--p-data)}.fig .dot2{stroke:var(--p-ack);stroke-width:1.5}
    .fig .m-fast{fill:var(--p-fast);stroke:var(--p-fast)}.fig .m-rto{fill:var(--p-rto);stroke:var(--p-rto)}
    .fig .m-tlp{fill:var(--p-tlp);stroke:var(--p-tlp)}.fig .m-rtx{fill:var(--p-rtx);stroke:var(--p-rtx)}
    .fig .m-odd{fill:var(--p-tlp);stroke:var(--p-tlp);stroke-width:1.5}
    .fig .m-ds{fill:var(--p-sack);stroke:var(--p-sack)}
    .fig .m-rej{stroke:var(--p-fast);stroke-width:2}.fig .m-zero{stroke:var(--p-win);stroke-width:2}
    .fig .hollow{fill:var(--card);stroke-width:1.75}
    .fig .proof{stroke:var(--text);stroke-width:1.5;stroke-dasharray:2 2;fill:transparent}
    .fig a:focus-visible .proof,.fig g.here .proof,.fig g:target .proof{stroke-width:3.5;stroke-dasharray:none}
    .fig .life{stroke:var(--soft);stroke-width:2}.fig .msg{stroke:var(--p-data);stroke-width:1.75}
    .fig .msg.two{stroke:var(--p-ack)}.fig .head1{fill:var(--p-data)}.fig .head2{fill:var(--p-ack)}
    .fig .msg.lost{stroke:var(--p-fast);stroke-dasharray:6 4}.fig .head3{fill:var(--p-fast)}
    .fig .span{stroke-width:1}.fig .s-critical{fill:var(--critical-bg);stroke:var(--critical)}
    .fig .s-warning{fill:var(--warning-bg);stroke:var(--warning)}
    .fig .s-notice{fill:var(--notice-bg);stroke:var(--notice)}.fig .s-info{fill:var(--info-bg);stroke:var(--info)}
    .fig a text{fill:var(--text)}.fig a:hover text{text-decoration:underline}
    .fig .pull{fill:var(--p-area);opacity:.5}.fig .canzoom{cursor:crosshair}
    .fig figcaption button{font:inherit;font-weight:400;font-size:.85rem;margin-left:.5rem;padding:.1rem .6rem;
    border:1px solid var(--soft);border-radius:99px;background:none;color:var(--link);cursor:pointer}
    .fig [data-frame]{cursor:pointer}
    .fig details{margin-top:.5rem}.fig table{font-size:.8rem}
    @media print{.fig{break-inside:avoid}.fig details,.fig button{display:none}.fig .scroll>svg{min-width:0}}

    """
}
