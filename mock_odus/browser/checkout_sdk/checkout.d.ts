/** What a payment came to. The number of the card is never part of it. */
export interface PaymentResult {
  /** `pay_…` */
  payment: string;
  status: "open" | "requires_action" | "succeeded" | "cancelled";
}

export interface PaymentFailure extends PaymentResult {
  /** Fit to be shown to a customer. */
  message: string;
  retryStrategy: "retry" | "retry_later" | "change_payment_method" | "authenticate" | null;
}

export interface RequiredAction extends PaymentResult {
  /** Where the customer has to go. */
  redirectUrl: string;
}

export type PaymentMethodType = "card" | "paypal" | "applePay";

/** The texts of the checkout by name, as `texts.js` lists them; `{amount}` stands for the amount. */
export type Labels = Record<string, string>;

export interface Appearance {
  theme?: "light" | "dark" | "auto";
  colors?: {
    accent?: string;
    accentText?: string;
    background?: string;
    field?: string;
    text?: string;
    muted?: string;
    border?: string;
    danger?: string;
  };
  fontFamily?: string;
  fontSize?: string;
  radius?: string;
  /** `compact` puts expiry and security code side by side. */
  layout?: "compact" | "stacked";
  labels?: Labels;
  /** Which to show, of those that the payment has. */
  paymentMethods?: PaymentMethodType[];
}

/** As `GET /payment-methods` answers it to the shop's server. */
export interface SavedMethod {
  id: string;
  type: PaymentMethodType;
  card?: { brand: string; lastFour: string; expMonth: string; expYear: string } | null;
}

export interface CheckoutOptions {
  paymentId: string;
  checkoutKey: string;
  /** Absolute. */
  returnUrl: string;
  apiKey?: string;
  profileId?: string;
  environment?: string;
  /** `en` and `de` are there; other languages come with `appearance.labels`. */
  locale?: string;
  appearance?: Appearance;
  savedMethods?: SavedMethod[];
  /** Calls `onActionRequired` instead of leaving the page. */
  manualActionHandling?: boolean;
  callbacks?: {
    onPaymentSucceeded?(result: PaymentResult): void;
    onPaymentFailed?(failure: PaymentFailure): void;
    onActionRequired?(action: RequiredAction): void;
    onLoadingStateChange?(isLoading: boolean): void;
  };
}

export interface Element {
  mount(place: string | HTMLElement): void;
  unmount(): void;
}

export interface Elements {
  create(
    kind: "cardNumber" | "cardExpiry" | "cardCvc" | "cardholderName",
    options?: { label?: string; placeholder?: string; appearance?: Appearance },
  ): Element;
  /** Fulfilled when the try to pay is over; what came of it is told to the callbacks. */
  submit(): Promise<void>;
}

export declare class OdusCheckout {
  constructor(options: CheckoutOptions);
  mount(place: string | HTMLElement): void;
  unmount(): void;
  elements(group?: { appearance?: Appearance; locale?: string }): Elements;
}
