/** An HTTP answer that carries a JSON-RPC error, for what the SDK does not answer itself. */
export function rejection(
  status: number,
  code: number,
  message: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status, headers });
}
