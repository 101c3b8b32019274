/* Shows how far each file is. The page works without: the form then sends everything at once. */
(function () {
  "use strict";
  var form = document.getElementById("intake");
  var list = document.getElementById("progress");
  if (!form || !list || !window.FormData || !window.fetch) { return; }
  var input = form.querySelector("input[type=file]");
  var drop = document.getElementById("drop");
  var waiting = [], busy = false, done = 0, total = 0;
  drop.hidden = false;

  function ticket() {
    var bytes = new Uint8Array(16);
    crypto.getRandomValues(bytes);
    return Array.prototype.map.call(bytes, function (b) { return ("0" + b.toString(16)).slice(-2); }).join("");
  }

  function line(name) {
    var item = document.createElement("li");
    var what = document.createElement("b");
    var says = document.createElement("span");
    what.textContent = name;
    says.className = "chip";
    says.textContent = "等待";
    item.append(says, " ", what);
    list.append(item);
    return item;
  }

  function settle(item, answer) {
    var chip = item.querySelector(".chip");
    chip.textContent = answer.says;
    chip.className = "chip " + ({ "new": "good", version: "live", refused: "bad" }[answer.outcome] || "");
    if (answer.href) {
      var link = document.createElement("a");
      link.href = answer.href;
      link.textContent = answer.title;
      item.append(" ", link);
    }
    if (answer.doubts) { item.append(" 有 " + answer.doubts + " 处待核对"); }
    if (answer.reason) { item.append(" " + answer.reason); }
  }

  function count() {
    document.getElementById("counted").textContent = done + " / " + total + " 份处理完";
  }

  function next() {
    if (busy || !waiting.length) { return; }
    busy = true;
    var one = waiting.shift();
    var body = new FormData();
    body.append("token", form.elements.token.value);
    body.append("ticket", one.ticket);
    if (one.file) { body.append("file", one.file, one.file.name); } else { body.append("address", one.address); }
    one.item.querySelector(".chip").textContent = "读取中";
    fetch("/policies/intake/one", { method: "POST", body: body, credentials: "same-origin" })
      .then(function (answer) {
        if (!answer.ok) { throw new Error(String(answer.status)); }
        return answer.json();
      })
      .then(function (answer) { settle(one.item, answer); }, function (error) {
        // asked again with the same ticket, a file is still taken in once
        if (!one.again) { one.again = true; waiting.unshift(one); total += 1; return; }
        settle(one.item, { outcome: "refused", says: "未收", reason: error.message === "413" ? "文件过大（超过30 MB）。" : "没有传上去，请检查网络或重新登录后再试。" });
      })
      .then(function () { done += 1; busy = false; count(); next(); });
  }

  function add(files, addresses) {
    Array.prototype.forEach.call(files, function (file) {
      waiting.push({ file: file, ticket: ticket(), item: line(file.name) });
    });
    addresses.forEach(function (address) {
      waiting.push({ address: address, ticket: ticket(), item: line(address) });
    });
    total += files.length + addresses.length;
    count();
    next();
  }

  form.addEventListener("submit", function (event) {
    var addresses = form.elements.addresses.value.split(/\s+/).filter(Boolean);
    if (!input.files.length && !addresses.length) { return; }
    event.preventDefault();
    add(input.files, addresses);
    input.value = "";
    form.elements.addresses.value = "";
  });
  ["dragover", "drop"].forEach(function (name) {
    drop.addEventListener(name, function (event) {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
      if (name === "drop") { add(event.dataTransfer.files, []); }
    });
  });
  drop.addEventListener("dragleave", function () { drop.classList.remove("over"); });
})();
