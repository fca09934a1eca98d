// Decision tables of a draft, read lightly: ids and names, without opening them.
export function decisionsIn(xml) {
  const read = new DOMParser().parseFromString(xml, "application/xml");
  if (read.querySelector("parsererror")) return [];
  return [...read.documentElement.children]
    .filter((each) => each.localName === "decision")
    .map((each) => ({ id: each.getAttribute("id"), name: each.getAttribute("name") || each.getAttribute("id") }));
}

export const tablesOf = (decisions) => Object.values(decisions).flatMap(decisionsIn);

export const blank = (id, name) => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="definitions-${id}" name="${name}" namespace="urn:vanthu:${id}">
  <decision id="${id}" name="${name}">
    <decisionTable id="table-${id}" hitPolicy="FIRST">
      <input id="input-${id}" label="Điều kiện"><inputExpression id="expression-${id}" typeRef="string"><text></text></inputExpression></input>
      <output id="output-${id}" label="Kết quả" name="result" typeRef="string" />
    </decisionTable>
  </decision>
</definitions>
`;
