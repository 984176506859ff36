#!/usr/bin/env python3
"""The picture of a report for the README.

    pip install 'PySide6-Essentials==6.8.*' 'PySide6-Addons==6.8.*' pillow
    python docs/screenshot.py report.html docs/src/images/report.png

Japanese text needs a font that has it (such as Noto Sans CJK) on the machine.
"""
import argparse
import os
import pathlib
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--no-sandbox --disable-gpu")

from PIL import Image
from PySide6.QtCore import QTimer, QUrl
from PySide6.QtWebEngineCore import QWebEngineSettings
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QApplication


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=pathlib.Path)
    parser.add_argument("picture", type=pathlib.Path)
    parser.add_argument("--width", type=int, default=1200, help="pixels")
    parser.add_argument("--height", type=int, default=1320, help="pixels from the top of the page")
    parser.add_argument("--zoom", type=float, default=1.25)
    parser.add_argument("--colors", type=int, default=64, help="colors of the palette")
    chosen = parser.parse_args()

    app = QApplication(sys.argv[:1])
    view = QWebEngineView()
    view.setZoomFactor(chosen.zoom)
    view.settings().setAttribute(QWebEngineSettings.WebAttribute.ShowScrollBars, False)
    view.resize(chosen.width, chosen.height)

    def take():
        view.grab().save(str(chosen.picture), "PNG")
        app.quit()

    view.loadFinished.connect(lambda _: QTimer.singleShot(1500, take))
    view.load(QUrl.fromLocalFile(str(chosen.page.resolve())))
    view.show()
    app.exec()

    picture = Image.open(chosen.picture).convert("RGB").quantize(chosen.colors, dither=Image.Dither.NONE)
    picture.save(chosen.picture, optimize=True)


if __name__ == "__main__":
    main()
