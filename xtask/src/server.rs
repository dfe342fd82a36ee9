//! The site's server: one folder over HTTP, for this machine only.

use std::net::Ipv4Addr;
use std::path::PathBuf;

use anyhow::Result;
use axum::Router;
use axum::http::HeaderValue;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use axum::middleware::map_response;
use axum::response::Response;
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

/// Listens on this port, or on a free one if it is taken; 0 asks for a free one.
pub async fn listen(port: u16) -> Result<TcpListener> {
    let wanted = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
    match wanted {
        Ok(listener) => Ok(listener),
        Err(_) => Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?),
    }
}

/// Serves a folder until the program ends.
pub async fn serve(listener: TcpListener, folder: PathBuf) -> Result<()> {
    let files = ServeDir::new(folder);
    let site = Router::new().fallback_service(files).layer(map_response(with_headers));
    Ok(axum::serve(listener, site).await?)
}

/// Asks the browser to check for a newer file each time, lets sandboxed pages have modules, and says that text is UTF-8.
async fn with_headers(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if let Some(utf8) = headers.get(CONTENT_TYPE).and_then(as_utf8) {
        headers.insert(CONTENT_TYPE, utf8);
    }
    response
}

fn as_utf8(media_type: &HeaderValue) -> Option<HeaderValue> {
    let text = media_type.to_str().ok().filter(|name| name.starts_with("text/") && !name.contains(';'))?;
    HeaderValue::try_from(format!("{text}; charset=utf-8")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    /// Serves a folder with one empty file of each name, on a free port.
    async fn site_of(names: &[&str]) -> Result<(SocketAddr, tempfile::TempDir)> {
        let folder = tempfile::tempdir()?;
        for name in names {
            std::fs::write(folder.path().join(name), "")?;
        }
        let listener = listen(0).await?;
        let address = listener.local_addr()?;
        tokio::spawn(serve(listener, folder.path().into()));
        Ok((address, folder))
    }

    /// The response to a plain request for a path, head and body.
    async fn response_to(address: SocketAddr, path: &str) -> Result<String> {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).await?;
        let mut response = String::new();
        stream.read_to_string(&mut response).await?;
        Ok(response)
    }

    #[tokio::test]
    async fn every_kind_of_file_has_its_media_type() -> Result<()> {
        const TYPES: [(&str, &str); 7] = [
            ("index.html", "text/html; charset=utf-8"),
            ("page.js", "text/javascript; charset=utf-8"),
            ("page.css", "text/css; charset=utf-8"),
            ("board.wasm", "application/wasm"),
            ("icon.svg", "image/svg+xml"),
            ("icon.png", "image/png"),
            ("site.webmanifest", "application/manifest+json"),
        ];
        let (address, _folder) = site_of(&TYPES.map(|(name, _)| name)).await?;
        for (name, media_type) in TYPES {
            let response = response_to(address, &format!("/{name}")).await?;
            assert!(response.contains(&format!("content-type: {media_type}\r\n")), "{name}: {response}");
            assert!(response.contains("cache-control: no-cache\r\n"), "{name}: {response}");
            assert!(response.contains("access-control-allow-origin: *\r\n"), "{name}: {response}");
        }
        Ok(())
    }

    #[tokio::test]
    async fn a_folder_answers_with_its_index() -> Result<()> {
        let (address, _folder) = site_of(&["index.html"]).await?;
        assert!(response_to(address, "/").await?.contains(" 200 OK\r\n"));
        assert!(response_to(address, "/nothing").await?.contains(" 404 Not Found\r\n"));
        Ok(())
    }

    #[tokio::test]
    async fn a_taken_port_gives_way_to_a_free_one() -> Result<()> {
        let first = listen(0).await?.local_addr()?.port();
        let taken = listen(first).await?;
        let other = listen(taken.local_addr()?.port()).await?;
        assert_ne!(other.local_addr()?.port(), taken.local_addr()?.port());
        Ok(())
    }
}
