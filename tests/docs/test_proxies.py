"""What the guides give for a proxy is taken by nginx."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from papers import ROOT
from test_blocks import blocks_in

PLACES = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
GUIDES = ("operate.md", "review.md")


def write_certificate(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "concord.example")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (folder / "concord.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "concord.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, *plain))


@pytest.mark.parametrize("guide", GUIDES)
def test_nginx_takes_what_the_guide_gives(guide, tmp_path):
    if shutil.which("nginx") is None:
        pytest.skip("no nginx on this machine")
    (block,) = blocks_in(ROOT / "docs" / guide, "nginx")
    write_certificate(tmp_path)
    block = block.replace("/etc/ssl/", f"{tmp_path}/")
    if block.startswith("location"):  # it stands in a server of the reader's own, which can ask who is signed in
        block = f"server {{ listen 127.0.0.1:8443; location = /signed-in {{ return 204; }} {block} }}"
    places = " ".join(f"{place}_temp_path {tmp_path}/{place};" for place in PLACES)
    settings = tmp_path / "nginx.conf"
    settings.write_text(f"pid {tmp_path}/pid; events {{}} http {{ access_log off; {places} {block} }}")
    said = subprocess.run(
        ["nginx", "-t", "-e", "stderr", "-p", tmp_path, "-c", settings], check=False, capture_output=True, text=True
    )
    assert said.returncode == 0, said.stderr
    assert "warn" not in said.stderr
