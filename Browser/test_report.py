"""The HTML report in a real browser: nothing asked of the network, nothing broken, nothing out of reach."""

import os
import re
import tempfile
import unittest

import hostile
import reports
from chromium import Browser, Failure

# Several findings, many rows, defects of the capture, and rows without a finding.
CASES = ["ux-440", "kernel-bulk-among-many", "smc-decline-not-captured", "path-event", "smc-not-answered-many"]
HOSTILE = "hostile"
PRINTED_WIDTH = 718  # A4 less its margins, at 96 dots an inch.
HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\ufeff]")

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "audit.js"), encoding="utf-8") as file:
    AUDIT = file.read()

ROWS = "document.querySelectorAll('#connections tbody tr')"


def setUpModule():
    global browser, folder, files
    folder = tempfile.TemporaryDirectory(prefix="reports-")
    unittest.addModuleCleanup(folder.cleanup)
    files = {case: os.path.join(folder.name, case + ".html") for case in [*CASES, HOSTILE]}
    for case in CASES:
        reports.make(reports.capture_of(case), files[case], options=["--counters"])
    capture = os.path.join(folder.name, hostile.FILE_NAME)
    with open(capture, "wb") as file:
        file.write(hostile.capture())
    reports.make(capture, files[HOSTILE], options=["--counters"])
    browser = unittest.enterModuleContext(Browser())


class Report(unittest.TestCase):
    def each(self, check, **settings):
        """Holds every report, in a page of its own, against `check`."""
        for case, path in files.items():
            with self.subTest(case, **settings), browser.page(path, **settings) as page:
                check(page)

    def with_rows(self, **settings):
        """The report that has most rows."""
        return browser.page(files["kernel-bulk-among-many"], **settings)

    def test_asks_for_nothing_and_complains_of_nothing(self):
        def check(page):
            page.evaluate("document.querySelectorAll('button,summary').forEach(item => item.click())")
            asked = [event["request"]["url"] for event in page.heard("Network.requestWillBeSent")]
            self.assertEqual(asked, [page.url])
            for event in ["Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded",
                          "Page.javascriptDialogOpening"]:
                self.assertEqual(page.heard(event), [], event)

        self.each(check)

    def test_is_small(self):
        for case, path in files.items():
            self.assertLess(os.path.getsize(path), 2_000_000, case)

    def test_is_accessible_in_light_and_dark(self):
        for dark in [False, True]:
            def check(page):
                colors = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
                self.assertEqual(max(page.evaluate(colors)) < 128, dark, "the scheme is not the one asked for")
                self.assertEqual(page.evaluate(AUDIT), [])

            self.each(check, dark=dark)

    def test_fits_narrow_screens(self):
        def check(page):
            page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true; })")
            self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), 380)

        self.each(check, width=380)

    def test_links_land_where_they_say(self):
        def check(page):
            count = page.evaluate("document.querySelectorAll('a').length")
            self.assertGreater(count, 5)
            lost = page.evaluate("""Array.from(document.querySelectorAll('a')).filter(link => {
              link.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}));
              const box = document.querySelector(':target')?.getBoundingClientRect();
              return !box || box.height === 0 || box.top > innerHeight || box.bottom < 0;
            }).map(link => link.outerHTML)""")
            self.assertEqual(lost, [])

        self.each(check)

    def test_links_open_what_is_folded(self):
        with browser.page(files["smc-decline-not-captured"]) as page:
            page.evaluate("document.querySelector('.marks a').click()")
            page.evaluate("new Promise(done => setTimeout(done, 50))")
            self.assertTrue(page.evaluate("document.querySelector('details:target').open"))

    def test_pictures_show_more_of_less(self):
        with browser.page(files["ux-440"]) as page:
            view = "document.querySelector('.fig svg.plot').getAttribute('viewBox')"
            labels = "Array.from(document.querySelector('.fig svg.plot').ownerSVGElement.querySelectorAll('.tx,.ty'), t => t.textContent)"
            whole = page.evaluate(view), page.evaluate(labels)
            page.evaluate("""(() => {
              const picture = document.querySelector('.fig svg.plot').ownerSVGElement, box = picture.getBoundingClientRect();
              const at = (x, y) => ({clientX: box.left + box.width * x, clientY: box.top + box.height * y,
                                     pointerType: 'mouse', bubbles: true, cancelable: true});
              picture.dispatchEvent(new PointerEvent('pointerdown', at(0.4, 0.3)));
              window.dispatchEvent(new PointerEvent('pointermove', at(0.6, 0.6)));
              window.dispatchEvent(new PointerEvent('pointerup', at(0.6, 0.6)));
            })()""")
            width = [float(text.split()[2]) for text in [page.evaluate(view), whole[0]]]
            self.assertAlmostEqual(width[0] / width[1], 0.2 * 1000 / width[1], places=1)
            self.assertNotEqual(page.evaluate(labels), whole[1])
            page.evaluate("document.querySelector('.fig figcaption button:not([hidden])').click()")
            self.assertEqual((page.evaluate(view), page.evaluate(labels)), whole)

    def test_listing_and_picture_point_at_each_other(self):
        with browser.page(files["ux-440"]) as page:
            links = "Array.from(document.querySelectorAll('.listing .no a'))"
            self.assertGreater(page.evaluate(f"{links}.length"), 3)
            self.assertTrue(page.evaluate(f"{links}.every(a => document.getElementById(a.hash.slice(1)).dataset.frame === a.textContent)"))
            page.evaluate(f"document.getElementById({links}[0].hash.slice(1)).dispatchEvent(new MouseEvent('click'))")
            self.assertEqual(page.evaluate("location.hash.slice(1)"), page.evaluate(f"{links}[0].id"))

    def test_columns_sort_both_ways(self):
        with self.with_rows() as page:
            heads = page.evaluate("document.querySelectorAll('#connections thead button').length")
            self.assertEqual(heads, 15)
            for column in range(heads):
                orders = []
                for _ in range(2):
                    page.evaluate(f"document.querySelectorAll('#connections thead button')[{column}].click()")
                    head = f"document.querySelectorAll('#connections thead th')[{column}]"
                    orders.append(page.evaluate(f"{head}.getAttribute('aria-sort')"))
                    self.assert_sorted(page, column, orders[-1])
                self.assertEqual(set(orders), {"ascending", "descending"})
                others = "document.querySelectorAll('#connections th[aria-sort]:not([aria-sort=none])').length"
                self.assertEqual(page.evaluate(others), 1)

    def assert_sorted(self, page, column, order):
        values = page.evaluate(f"Array.from({ROWS}, row => row.cells[{column}].dataset.v "
                               f"?? row.cells[{column}].textContent)")
        self.assertGreater(len(values), 20)
        try:
            values = [float(value) for value in values]
        except ValueError:
            if any(re.fullmatch(r"-?[\d.]+", value) for value in values):
                return
        self.assertEqual(values, sorted(values, reverse=order == "descending"), column)

    def test_sorting_works_by_keyboard(self):
        with self.with_rows() as page:
            page.evaluate("document.querySelector('#connections thead th:nth-child(9) button').focus()")
            page.press("Enter", 13)
            packets = page.evaluate(f"Array.from({ROWS}, row => Number(row.cells[8].dataset.v ?? row.cells[8].textContent))")
            self.assertEqual(packets, sorted(packets, reverse=True))
            self.assertNotEqual(packets[0], packets[-1])

    def test_rows_filter(self):
        with self.with_rows() as page:
            total = page.evaluate(f"{ROWS}.length")
            page.evaluate("document.querySelector('#connections input[type=search]').focus()")
            word = page.evaluate(f"{ROWS}[{total // 2}].cells[1].textContent")
            page.write(word.upper() + " fin")
            shown = page.evaluate(f"Array.from({ROWS}).filter(row => row.checkVisibility()).map(row => row.textContent)")
            self.assertTrue(0 < len(shown) < total, shown)
            self.assertTrue(all(word in text for text in shown))
            told = page.evaluate("document.querySelector('#connections [role=status]').textContent")
            self.assertEqual(told, f"{len(shown)} of {total}")

    def test_commands_can_be_copied(self):
        browser.call("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
        with browser.page(files["path-event"]) as page:
            page.call("Page.bringToFront")
            page.evaluate("document.querySelector('.finding .copy').focus()")
            page.press("Enter", 13)
            page.evaluate("new Promise(done => setTimeout(done, 300))")
            self.assertEqual(page.evaluate("document.querySelector('.finding .done').textContent"), "Copied")
            copied = page.evaluate("navigator.clipboard.readText()")
            self.assertEqual(copied, page.evaluate("document.querySelector('.finding .cmd code').textContent"))
            self.assertTrue(copied.startswith("journalctl"), copied)

    def test_keyboard_begins_with_a_way_to_the_report(self):
        def check(page):
            page.press("Tab", 9)
            self.assertEqual(page.evaluate("document.activeElement.className"), "skip")
            self.assertTrue(page.evaluate("document.activeElement.getBoundingClientRect().left >= 0"))
            self.assertNotIn(page.evaluate("getComputedStyle(document.activeElement).outlineWidth"), ["0px", ""])
            page.press("Enter", 13)
            self.assertEqual(page.evaluate("document.activeElement.tagName"), "MAIN")

        self.each(check)

    def test_keyboard_shows_where_it_is(self):
        with browser.page(files["ux-440"]) as page:
            for _ in range(40):
                page.press("Tab", 9)
                outline = page.evaluate("(s => [s.outlineStyle, s.outlineWidth])(getComputedStyle(document.activeElement))")
                where = page.evaluate("document.activeElement.outerHTML.slice(0, 100)")
                self.assertNotEqual(outline[0], "none", where)
                self.assertNotEqual(outline[1], "0px", where)

    def test_needs_no_script(self):
        def check(page):
            self.assertEqual(page.evaluate("document.querySelectorAll('button').length"), 0)
            hidden = "Array.from(document.querySelectorAll('tr,article,.cmd,h2')).filter(e => e.closest('details') === null "
            self.assertEqual(page.evaluate(hidden + "&& !e.checkVisibility()).length"), 0)
            self.assertEqual(page.evaluate(AUDIT), [])

        self.each(check, script=False)

    def test_prints(self):
        def check(page):
            self.assertTrue(page.pdf().startswith(b"%PDF-"))
            page.media(paper=True)
            self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), PRINTED_WIDTH)
            for gone in ["nav", ".copy", ".filter"]:
                seen = f"Array.from(document.querySelectorAll('{gone}')).filter(e => e.checkVisibility()).length"
                self.assertEqual(page.evaluate(seen), 0, gone)
            # The data behind a picture stays in the file: on paper the picture is enough.
            folded = "Array.from(document.querySelectorAll('details:not(.fig details)')).filter(e => !e.lastElementChild.checkVisibility()).length"
            self.assertEqual(page.evaluate(folded), 0)

        self.each(check, width=PRINTED_WIDTH)

    def test_runs_no_script_but_its_own(self):
        with browser.page(files["ux-440"]) as page:
            page.evaluate("""(() => {
              const script = document.createElement('script');
              script.textContent = 'window.strange = 1';
              document.body.append(script);
              const picture = new Image();
              picture.src = 'data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=';
              document.body.append(picture);
            })()""")
            self.assertIsNone(page.evaluate("window.strange"))
            self.assertEqual(len(page.heard("Log.entryAdded")), 2)


class Hostile(unittest.TestCase):
    def test_texts_stay_texts(self):
        with browser.page(files[HOSTILE]) as page:
            self.assertEqual(page.evaluate("document.scripts.length"), 1)
            self.assertEqual(page.evaluate("document.querySelectorAll('img,iframe,object,link,base,form').length"), 0)
            self.assertNotIn("owned", page.evaluate("document.title"))
            text = page.evaluate("document.documentElement.textContent")
            self.assertIn("<script>document.title='owned'</script><img src=x", text)
            self.assertIn("\\u{202E}", text)
            self.assertIsNone(HIDDEN.search(text), "something hides in the text")
            self.assertIn("ack-", page.evaluate("document.querySelector('article.finding code').textContent"))

    def test_titles_stay_short(self):
        with browser.page(files[HOSTILE]) as page:
            longest = page.evaluate("Math.max(...Array.from(document.querySelectorAll('td,th,li,dd'), "
                                    "cell => cell.textContent.length))")
            self.assertLess(longest, 8_000)


class Client(unittest.TestCase):
    def test_a_failing_script_is_told(self):
        with browser.page() as page, self.assertRaises(Failure):
            page.evaluate("nothing.here")

    def test_an_audit_can_fail(self):
        with browser.page() as page:
            page.evaluate("document.body.innerHTML = '<h2>x</h2><svg></svg><button></button>"
                          "<p style=\"color:#888\">pale</p><a href=\"#no\">link</a>'")
            wrong = " ".join(page.evaluate(AUDIT))
            for rule in ["one h1", "no level out", "pictures have titles", "controls have names", "contrast",
                         "links land", "language"]:
                self.assertIn(rule, wrong)


if __name__ == "__main__":
    unittest.main()
