//! The site's server: one folder over HTTP, for this machine only.

use std::net::Ipv4Addr;
use std::path::PathBuf;

use anyhow::Result;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state, map_response};
use axum::response::{Html, IntoResponse as _, Response};
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

use crate::build::page;

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

/// Serves a site from its source: pages as the build has them, made anew each time, so that an edited one needs a
/// reload and no more.
pub async fn serve_source(listener: TcpListener, folder: PathBuf) -> Result<()> {
    let site = Router::new()
        .fallback_service(ServeDir::new(&folder))
        .layer(from_fn_with_state(folder, with_built_pages))
        .layer(map_response(with_headers));
    Ok(axum::serve(listener, site).await?)
}

async fn with_built_pages(State(folder): State<PathBuf>, request: Request, next: Next) -> Response {
    let name = request.uri().path().trim_start_matches('/');
    let file = folder.join(if name.is_empty() { "index.html" } else { name });
    if name.contains("..") || file.extension().is_none_or(|it| it != "html") || !file.is_file() {
        return next.run(request).await;
    }
    match page(&file) {
        Ok(page) => Html(page).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}")).into_response(),
    }
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
    async fn a_page_from_the_source_is_as_it_is_built() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let opening = "<b data-opening=\"board=uniform&amp;n=3&amp;seed=9\"></b>";
        std::fs::write(folder.path().join("index.html"), opening)?;
        std::fs::write(folder.path().join("other.html"), "<!-- table: nothing -->")?;
        std::fs::write(folder.path().join("script.js"), "1")?;
        let listener = listen(0).await?;
        let address = listener.local_addr()?;
        tokio::spawn(serve_source(listener, folder.path().into()));
        for page in ["/", "/index.html"] {
            let response = response_to(address, page).await?;
            assert!(response.contains("200 OK") && response.contains("<svg"), "{response}");
            assert!(response.contains("cache-control: no-cache\r\n"), "{response}");
        }
        assert!(response_to(address, "/script.js").await?.ends_with("\r\n\r\n1"));
        let refused = response_to(address, "/other.html").await?;
        assert!(refused.contains("500 ") && refused.contains("no table \"nothing\""), "{refused}");
        assert!(response_to(address, "/../server.rs").await?.contains(" 40"));
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
