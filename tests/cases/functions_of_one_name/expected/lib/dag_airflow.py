"""From dag.py."""

from airflow.providers.ftp.hooks.ftp import FTPHook


def load():
    return FTPHook("archive").list_directory("hourly")


def load_2():
    return FTPHook("archive").list_directory("daily")
