import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backpain_site.settings")

application = get_wsgi_application()

from django.conf import settings  # noqa: E402 (needs the variable above)

from points.search.index import holder  # noqa: E402 (needs the apps that are loaded now)

from .bodies import Bodies  # noqa: E402 (needs the apps that are loaded now)
from .copies import PageCopies  # noqa: E402
from .freshness import VersionWatch  # noqa: E402
from .middleware import LARGEST_BODY  # noqa: E402

if not settings.DEBUG:
    application = PageCopies(Bodies(application, LARGEST_BODY), VersionWatch())
    threading.Thread(target=holder.warm, daemon=True).start()
