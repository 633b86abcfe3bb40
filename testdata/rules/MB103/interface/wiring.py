import importlib
import os

from .ports import Kennels, Ledger, Strays


def make(name: str):
    return getattr(importlib.import_module(os.environ["ADAPTERS"]), name)()


def kennels() -> Kennels:
    return make("SqlKennels")


def strays() -> Strays:
    return make("SqlStrays")


def ledger() -> Ledger:
    return make("SqlLedger")
