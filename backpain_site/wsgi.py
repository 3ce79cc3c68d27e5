import multiprocessing
import os
import signal
import threading

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backpain_site.settings")


def end_with_parent() -> None:
    """End this process when the one that started it was killed: it would keep the port."""
    multiprocessing.parent_process().join()
    os.kill(os.getpid(), signal.SIGKILL)


application = get_wsgi_application()

if not settings.DEBUG:
    # Named, as they need the apps that are loaded now.
    largest = import_string("backpain_site.middleware.LARGEST_BODY")
    application = import_string("backpain_site.bodies.Bodies")(application, largest)
    watch = import_string("backpain_site.memo.watch")()
    application = import_string("backpain_site.copies.PageCopies")(application, watch)
    index = import_string("points.search.index.holder")
    threading.Thread(target=index.warm, daemon=True).start()

if multiprocessing.parent_process():
    threading.Thread(target=end_with_parent, daemon=True).start()
