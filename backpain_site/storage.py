"""Uploads in a bucket of an S3-compatible store; needs the packages of requirements-s3.txt."""

from pathlib import PurePosixPath
from urllib.parse import urljoin

from botocore.config import Config
from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage

from .images import MEDIA_TYPES

LASTING = "public, max-age=31536000, immutable"


class ObjectStorage(S3Storage):
    """Names, types and addresses are those of files on a disk: readers see no difference."""

    def get_default_settings(self):
        return super().get_default_settings() | {
            "file_overwrite": False,
            # What every store that calls itself compatible understands.
            "client_config": Config(
                s3={"addressing_style": "path"},
                signature_version="s3v4",
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        }

    def get_object_parameters(self, name):
        return {"ContentType": MEDIA_TYPES[PurePosixPath(name).suffix], "CacheControl": LASTING}

    def url(self, name, *args, **kwargs):
        """Return where readers load `name` from: the site itself unless MEDIA_URL names a host."""
        return urljoin(settings.MEDIA_URL, filepath_to_uri(name))
