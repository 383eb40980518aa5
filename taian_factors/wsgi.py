"""The door for the web server."""

import gc
import logging
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taian_factors.settings")
application = get_wsgi_application()
if not settings.REDIS_URL:
    logging.getLogger(__name__).warning("未设置 REDIS_URL：后台任务就地执行，缓存在数据目录中。")

# What has been loaded by now stays: the collector need not look at it in the middle of a page, and looks less often.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
