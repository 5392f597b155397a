// Support texts of many lengths, from three tokens to more than the model reads.

export const sampleTexts: readonly string[] = [
  'reset',
  'How do I reset my password?',
  'The printer on the third floor reports error 0x80070005 since the update to version 2.3.1.',
  'java.lang.NullPointerException at com.example.billing.InvoiceService.render(InvoiceService.java:214)',
  'Nach dem Update lässt sich die Anwendung nicht mehr starten, bitte um Rückruf.',
  'A customer is charged twice each month. The second charge appears three days after the first, always with the same amount, and the invoice shows only one of them. Refunds were given in March and April.',
  `The nightly export stops after some minutes. ${'The log says that the connection was reset by the peer while rows were sent. '.repeat(8)}`,
  `Steps to reproduce: ${'open the settings, choose the second account, press save, wait for the message. '.repeat(40)}`,
];
