import NIOCore
import NIOHTTP1

/// Answers the first request of a connection and closes it.
final class PageHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let pages: Pages
  private var hasAnswered = false

  init(_ pages: Pages) { self.pages = pages }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // A body has no meaning here and is not waited for.
    guard case .head(let request) = unwrapInboundIn(data), !hasAnswered else { return }
    hasAnswered = true
    let answer = pages.answer(request.method, request.uri, host: request.headers.first(name: "host"))
    let head = HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers(answer))
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if request.method != .HEAD {
      let body = context.channel.allocator.buffer(bytes: answer.body)
      context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    }
    let channel = context.channel
    context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func headers(_ answer: Pages.Answer) -> HTTPHeaders {
    var headers: HTTPHeaders = [
      "content-type": answer.contentType, "content-length": "\(answer.body.count)", "connection": "close",
      // A report is true for a second, belongs to who asked for it, and is nothing for other pages.
      "cache-control": "no-store", "x-content-type-options": "nosniff", "cross-origin-resource-policy": "same-origin",
      "x-frame-options": "DENY", "referrer-policy": "no-referrer",
    ]
    if answer.status == .methodNotAllowed { headers.add(name: "allow", value: "GET, HEAD") }
    if answer.status == .serviceUnavailable { headers.add(name: "retry-after", value: "1") }
    return headers
  }
}
