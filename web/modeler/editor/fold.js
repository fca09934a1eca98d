// Vietnamese without its marks, for searching: “Đăng ký” is found by “dang ky”.
export const fold = (text) =>
  String(text ?? "").normalize("NFD").replace(/\p{M}/gu, "").replace(/[đĐ]/g, "d").toLowerCase();
