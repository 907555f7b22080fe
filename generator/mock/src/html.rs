//! The page for browsers: what is stored, what can be asked, what has been asked.

use std::fmt::Write;

use bindery::ir::{Api, ResourceId, Side};

use crate::model::Model;
use crate::server::Inner;

/// The page, whole: it loads nothing.
pub(crate) fn page(model: &Model, inner: &Inner) -> String {
    let api = &model.api;
    let mut page = String::new();
    let title = escape(&api.title);
    let _ = write!(page, "<!doctype html><html lang=en><meta charset=utf-8><title>{title}, mocked</title>");
    let _ = write!(page, "<meta name=viewport content='width=device-width,initial-scale=1'><style>{STYLE}</style>");
    let _ = write!(page, "<main><header><h1>{title}</h1><p>Version {}, mocked. ", escape(&api.version));
    let _ = write!(page, "Nothing here is real, and nothing is sent anywhere.</p></header>");
    stored(&mut page, api, inner);
    requests(&mut page, inner);
    routes(&mut page, api);
    page.push_str("</main></html>");
    page
}

fn stored(page: &mut String, api: &Api, inner: &Inner) {
    page.push_str("<section><h2>Resources</h2>");
    tree(page, api, None);
    let mut all = inner.state.store.collections().filter(|(_, count)| *count > 0).peekable();
    if all.peek().is_none() {
        page.push_str("<p class=quiet>Nothing is stored yet.</p></section>");
        return;
    }
    page.push_str("<h3>Stored</h3><ul class=rows>");
    let mut left = 0;
    for (index, (path, count)) in all.enumerate() {
        if index < 100 {
            let _ = write!(page, "<li><code>{}</code><b>{count}</b></li>", path_text(path));
        } else {
            left += 1;
        }
    }
    page.push_str("</ul>");
    if left > 0 {
        let _ = write!(page, "<p class=quiet>and {left} more</p>");
    }
    page.push_str("</section>");
}

/// The resources below one, or the root alone.
fn tree(page: &mut String, api: &Api, parent: Option<ResourceId>) {
    let below: Vec<_> =
        api.resources.iter().filter(|(_, resource)| resource.parent.map(|(id, _)| id) == parent).collect();
    if below.is_empty() {
        return;
    }
    page.push_str("<ul class=tree>");
    for (id, resource) in below {
        let under = matches!(resource.parent, Some((_, Side::Instance)));
        let key = resource
            .key
            .as_ref()
            .map(|key| format!("<i>{}{{{}}}</i>", escape(&key.before), escape(&key.wire)))
            .unwrap_or_default();
        let title = if under { " title='below each instance'" } else { "" };
        let slash = if resource.suffix || resource.segment.is_empty() { "" } else { "/" };
        let _ = write!(page, "<li{title}><code>{slash}{}{key}</code>", escape(&resource.segment));
        tree(page, api, Some(id));
        page.push_str("</li>");
    }
    page.push_str("</ul>");
}

fn routes(page: &mut String, api: &Api) {
    page.push_str("<section><h2>Routes</h2><ul class=rows>");
    for (_, operation) in api.operations.iter() {
        let method = operation.method.as_str();
        let (path, id) = (path_text(&operation.template()), escape(&operation.id));
        let _ = write!(page, "<li><span><em>{method}</em> <code>{path}</code></span><small>{id}</small></li>");
    }
    page.push_str("</ul></section>");
}

fn requests(page: &mut String, inner: &Inner) {
    page.push_str("<section><h2>Last requests</h2>");
    if inner.recorded.is_empty() {
        page.push_str("<p class=quiet>None yet.</p></section>");
        return;
    }
    page.push_str("<ul class=rows>");
    for one in inner.recorded.iter().rev().take(20) {
        let class = if one.status < 400 { "good" } else { "bad" };
        let (method, path) = (escape(&one.request.method), path_text(&one.request.path));
        let _ = write!(page, "<li><span><em>{method}</em> <code>{path}</code></span>");
        let _ = write!(page, "<b class={class}>{}</b></li>", one.status);
    }
    page.push_str("</ul></section>");
}

/// A path, which is to go on in another line before a slash rather than within a word.
fn path_text(path: &str) -> String {
    escape(path).replace('/', "<wbr>/")
}

/// Text that stands for itself wherever HTML has text or a quoted attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

const STYLE: &str = "
:root{color-scheme:light dark;--ink:#1d2433;--quiet:#667085;--line:#e4e7ec;--card:#fff;--back:#f5f6f8;--good:#067647;--bad:#b42318;--mark:#3538cd}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ef;--quiet:#98a2b3;--line:#2c3341;--card:#191e28;--back:#11151c;--good:#47cd89;--bad:#f97066;--mark:#a4bcfd}}
*{box-sizing:border-box}body{margin:0;background:var(--back);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:60rem;margin:0 auto;padding:2rem 1rem;display:grid;gap:1rem}
h1{font-size:1.6rem;margin:0}h2{font-size:1.05rem;margin:0 0 .6rem}h3{font-size:.9rem;margin:1rem 0 .3rem;color:var(--quiet)}
header p,.quiet{margin:.2rem 0;color:var(--quiet)}section{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1rem 1.2rem;min-width:0}
ul{list-style:none;margin:0;padding:0}.tree .tree{padding-left:1.1rem;border-left:2px solid var(--line);margin-left:.3rem}
.rows li{display:flex;justify-content:space-between;align-items:baseline;gap:1rem;padding:.4rem 0;border-top:1px solid var(--line)}.rows li:first-child{border:0}.rows span{display:flex;align-items:baseline;min-width:0}
code{font:.88rem ui-monospace,monospace;overflow-wrap:anywhere}em{font:600 .75rem ui-monospace,monospace;color:var(--mark);flex:none;width:3.9rem}.rows b{font-size:.9rem;font-variant-numeric:tabular-nums}
i{color:var(--quiet);font-style:normal;white-space:nowrap}small{color:var(--quiet)}.good{color:var(--good)}.bad{color:var(--bad)}
@media(max-width:40rem){main{padding:1rem .7rem}.rows li:has(small){display:block}.rows small{display:block;padding-left:3.9rem}}
";
