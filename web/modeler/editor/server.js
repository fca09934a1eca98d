// Talks to the server: JSON both ways, with the form token; every failure is an Error whose message is a sentence.
export class Refused extends Error {
  constructor(message, status, answer = {}) {
    super(message);
    this.status = status;
    this.answer = answer;
  }
}

const OFFLINE = "Không kết nối được máy chủ. Phần đang vẽ được giữ trên máy này và sẽ được lưu khi có mạng.";
const SIGNED_OUT = "Phiên đăng nhập đã hết. Đăng nhập lại ở một thẻ khác rồi quay về đây; phần đang vẽ vẫn được giữ.";
const BROKEN = "Máy chủ gặp lỗi nên chưa làm được. Thử lại sau ít phút; phần đang vẽ vẫn được giữ trên máy này.";

const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

export async function call(url, { method = "GET", json, form, keepalive = false, signal } = {}) {
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  if (json !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    const body = json === undefined ? form : JSON.stringify(json);
    answer = await fetch(url, { method, headers, body, keepalive, signal, credentials: "same-origin" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(OFFLINE, 0);
  }
  if (answer.redirected && new URL(answer.url).pathname.startsWith("/sign-in")) throw new Refused(SIGNED_OUT, 401);
  const isJson = (answer.headers.get("Content-Type") ?? "").includes("json");
  const said = isJson ? await answer.json() : {};
  if (!answer.ok) throw new Refused(said.message ?? BROKEN, answer.status, said);
  if (!isJson) throw new Refused(BROKEN, answer.status);
  return said;
}
